using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Parquet;
using Parquet.File.Values.Primitives;
using Parquet.Meta;
using Parquet.Schema;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Reads one leaf of one row group through Parquet.Net and converts its values where Arrow stores them otherwise.</summary>
internal sealed class LeafReader(ParquetRowGroupReader rowGroup, DataField field, ParquetNode node, Func<string, FeatureMaterializationException> error)
{
    private const long MicrosPerDay = 86_400_000_000;
    private const int JulianDayOfEpoch = 2_440_588;

    /// <summary>Parquet.Net unpacks whole groups of eight, so the last ones may reach past the end.</summary>
    private const int Slack = 8;

    private readonly ColumnMetaData _chunk = rowGroup.GetMetadata(field)!.MetaData!;
    private readonly int _entryCount = checked((int)rowGroup.GetMetadata(field)!.MetaData!.NumValues);

    /// <summary>Whether a page's values, not only its levels, are run-length encoded, as some writers of version 2 do with booleans.</summary>
    private bool HasRunsOfBooleans => _chunk.EncodingStats is { Count: > 0 } pages
        ? pages.Any(page => page.PageType != PageType.DICTIONARY_PAGE && page.Encoding == Encoding.RLE)
        : _chunk.Encodings is [Encoding.RLE];

    public async Task<LeafContent> ReadAsync(LeafCodec codec, DataType type, CancellationToken cancellationToken) => codec switch
    {
        LeafCodec.Int32 => await InPlaceAsync<int>(cancellationToken).ConfigureAwait(false),
        LeafCodec.Int64 => await InPlaceAsync<long>(cancellationToken).ConfigureAwait(false),
        LeafCodec.Single => await InPlaceAsync<float>(cancellationToken).ConfigureAwait(false),
        LeafCodec.Double => await InPlaceAsync<double>(cancellationToken).ConfigureAwait(false),
        LeafCodec.Boolean when HasRunsOfBooleans => throw error("its booleans are run-length encoded, which Parquet.Net reads wrongly"),
        LeafCodec.Boolean => await InPlaceAsync<bool>(cancellationToken).ConfigureAwait(false),
        LeafCodec.Millis => await InPlaceAsync<long>(cancellationToken, values => Timestamps.FromMillis(values, error)).ConfigureAwait(false),
        LeafCodec.Nanos => await InPlaceAsync<long>(cancellationToken, Timestamps.FromNanos).ConfigureAwait(false),
        LeafCodec.Int32ToInt64 => await ConvertAsync<int, long>(value => value, cancellationToken).ConfigureAwait(false),
        LeafCodec.UInt32ToInt64 => await ConvertAsync<int, long>(value => (uint)value, cancellationToken).ConfigureAwait(false),
        LeafCodec.SingleToDouble => await ConvertAsync<float, double>(value => value, cancellationToken).ConfigureAwait(false),
        LeafCodec.Int96 => await ConvertAsync<Interval, long>(Int96, cancellationToken).ConfigureAwait(false),
        LeafCodec.DecimalInt32 => await DecimalAsync<int>(value => value, type, cancellationToken).ConfigureAwait(false),
        LeafCodec.DecimalInt64 => await DecimalAsync<long>(value => value, type, cancellationToken).ConfigureAwait(false),
        LeafCodec.Decimal12 => await DecimalAsync<Interval>(Decimal12, type, cancellationToken).ConfigureAwait(false),
        LeafCodec.Decimal16 => await DecimalAsync<Guid>(Decimal16, type, cancellationToken).ConfigureAwait(false),
        LeafCodec.DecimalBytes => await DecimalAsync<ReadOnlyMemory<byte>>(DecimalBytes, type, cancellationToken).ConfigureAwait(false),
        LeafCodec.Text => await TextAsync(cancellationToken).ConfigureAwait(false),
        _ => throw new ArgumentOutOfRangeException(nameof(codec)),
    };

    /// <summary>The levels alone, for a struct of which no member is wanted. Its values have to be decoded to get at them.</summary>
    public async Task<LeafLevels> ReadLevelsAsync(CancellationToken cancellationToken) => node.LeafType! switch
    {
        { Physical: Parquet.Meta.Type.INT32 } => await LevelsAsync<int>(cancellationToken).ConfigureAwait(false),
        { Physical: Parquet.Meta.Type.INT64 } => await LevelsAsync<long>(cancellationToken).ConfigureAwait(false),
        { Physical: Parquet.Meta.Type.FLOAT } => await LevelsAsync<float>(cancellationToken).ConfigureAwait(false),
        { Physical: Parquet.Meta.Type.DOUBLE } => await LevelsAsync<double>(cancellationToken).ConfigureAwait(false),
        { Physical: Parquet.Meta.Type.BOOLEAN } => await LevelsAsync<bool>(cancellationToken).ConfigureAwait(false),
        { Physical: Parquet.Meta.Type.INT96 } or { Length: 12 } => await LevelsAsync<Interval>(cancellationToken).ConfigureAwait(false),
        { Length: 16 } => await LevelsAsync<Guid>(cancellationToken).ConfigureAwait(false),
        _ => await LevelsAsync<ReadOnlyMemory<byte>>(cancellationToken).ConfigureAwait(false),
    };

    /// <summary>Values that Arrow stores alike: they are decoded into the buffer itself.</summary>
    private async Task<LeafContent> InPlaceAsync<T>(CancellationToken cancellationToken, SpanAction<T>? change = null)
        where T : unmanaged
    {
        var buffer = GC.AllocateUninitializedArray<byte>(checked((_entryCount + Slack) * Unsafe.SizeOf<T>()));
        using var memory = new CastMemory<T>(buffer);
        var (levels, count) = await RawAsync<T>(memory.Memory, cancellationToken).ConfigureAwait(false);
        change?.Invoke(memory.GetSpan()[..count]);
        return new LeafContent(levels, count, buffer, null);
    }

    private async Task<LeafContent> ConvertAsync<TFrom, TTo>(Func<TFrom, TTo> convert, CancellationToken cancellationToken)
        where TFrom : struct
        where TTo : unmanaged
    {
        var raw = ArrayPool<TFrom>.Shared.Rent(_entryCount + Slack);
        try
        {
            var (levels, count) = await RawAsync<TFrom>(raw, cancellationToken).ConfigureAwait(false);
            var buffer = GC.AllocateUninitializedArray<byte>(checked((_entryCount + Slack) * Unsafe.SizeOf<TTo>()));
            var target = MemoryMarshal.Cast<byte, TTo>(buffer.AsSpan());
            for (var index = 0; index < count; index++) target[index] = convert(raw[index]);
            return new LeafContent(levels, count, buffer, null);
        }
        finally
        {
            ArrayPool<TFrom>.Shared.Return(raw, RuntimeHelpers.IsReferenceOrContainsReferences<TFrom>());
        }
    }

    private Task<LeafContent> DecimalAsync<T>(Func<T, Int128> convert, DataType type, CancellationToken cancellationToken)
        where T : struct
    {
        var limit = DecimalDigits.Limit(type.Precision);
        return ConvertAsync<T, Int128>(
            raw =>
            {
                var value = convert(raw);
                return value > -limit && value < limit ? value : throw error($"it has a decimal with more than {type.Precision} digits");
            },
            cancellationToken);
    }

    private async Task<LeafContent> TextAsync(CancellationToken cancellationToken)
    {
        var raw = ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(_entryCount + Slack);
        try
        {
            var (levels, count) = await RawAsync<ReadOnlyMemory<byte>>(raw, cancellationToken).ConfigureAwait(false);
            var offsets = new int[count + 1];
            var total = 0L;
            for (var index = 0; index < count; index++)
            {
                total += raw[index].Length;
                if (total > Array.MaxLength) throw error("its strings take more than 2 GB in one row group, more than an Arrow array holds");
                offsets[index + 1] = (int)total;
            }

            var text = GC.AllocateUninitializedArray<byte>((int)total);
            for (var index = 0; index < count; index++) raw[index].Span.CopyTo(text.AsSpan(offsets[index]));
            return new LeafContent(levels, count, text, offsets);
        }
        finally
        {
            ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(raw, clearArray: true);
        }
    }

    private async Task<LeafLevels> LevelsAsync<T>(CancellationToken cancellationToken)
        where T : struct
    {
        var (levels, _) = await RawAsync<T>(new T[_entryCount + Slack], cancellationToken).ConfigureAwait(false);
        return levels;
    }

    private async Task<(LeafLevels Levels, int ValueCount)> RawAsync<T>(Memory<T> values, CancellationToken cancellationToken)
        where T : struct
    {
        var definitions = node.Definition > 0 ? new int[_entryCount + Slack] : null;
        var repetitions = node.SlotRepetition > 0 ? new int[_entryCount + Slack] : null;
        cancellationToken.ThrowIfCancellationRequested();
        await rowGroup.ReadRawAsync(field, values, Optional(definitions), Optional(repetitions), cancellationToken).ConfigureAwait(false);
        var count = definitions is null ? _entryCount : definitions.AsSpan(0, _entryCount).Count(node.Definition);
        return (new LeafLevels(_entryCount, definitions, repetitions), count);
    }

    /// <summary>No memory where there is no array: converted implicitly, null would become an empty memory.</summary>
    private static Memory<int>? Optional(int[]? array) => array is null ? default(Memory<int>?) : array.AsMemory();

    /// <summary>Nanoseconds of the day in 8 bytes, then the Julian day in 4.</summary>
    private long Int96(Interval raw)
    {
        var nanos = ((long)raw.Days << 32) | (uint)raw.Months;
        var micros = ((Int128)raw.Millis - JulianDayOfEpoch) * MicrosPerDay + (nanos / 1000);
        return micros >= long.MinValue && micros <= long.MaxValue ? (long)micros : throw error("it has a timestamp out of range");
    }

    /// <summary>Twelve bytes, the most significant first, that Parquet.Net gives as three integers of the other byte order.</summary>
    private static Int128 Decimal12(Interval raw) =>
        ((Int128)BinaryPrimitives.ReverseEndianness(raw.Months) << 64)
        | ((Int128)(uint)BinaryPrimitives.ReverseEndianness(raw.Days) << 32)
        | (uint)BinaryPrimitives.ReverseEndianness(raw.Millis);

    private static Int128 Decimal16(Guid raw)
    {
        Span<byte> bytes = stackalloc byte[16];
        raw.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt128BigEndian(bytes);
    }

    private Int128 DecimalBytes(ReadOnlyMemory<byte> raw)
    {
        var bytes = raw.Span;
        if (bytes.IsEmpty || bytes.Length > 16) throw error($"it has a decimal of {bytes.Length} bytes");
        Int128 value = (sbyte)bytes[0];
        foreach (var part in bytes[1..]) value = (value << 8) | part;
        return value;
    }

    private delegate void SpanAction<T>(Span<T> values);
}
