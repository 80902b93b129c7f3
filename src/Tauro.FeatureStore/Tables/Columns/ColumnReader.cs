using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>Reads values of a CLR type out of Arrow arrays of the canonical types. No value is boxed.</summary>
internal abstract class ColumnReader<T>
{
    /// <summary>Turns to another array.</summary>
    public abstract void Open(IArrowArray array);

    /// <summary>The value at an index of the open array.</summary>
    public abstract T Read(int index);
}

/// <summary>Finds the reader of a column for a CLR type: the CLR side of the type table, read from right to left.</summary>
internal static class ColumnReaders
{
    public static ColumnReader<T> Create<T>(DataType type) => (ColumnReader<T>)Create(type, typeof(T));

    public static object Create(DataType type, Type wanted)
    {
        var plain = Nullable.GetUnderlyingType(wanted) ?? wanted;
        var reader = CreatePlain(type, plain) ?? CreateNested(type, plain)
            ?? throw new SchemaValidationException($"Values of the type {type} cannot be read as {wanted.Name}; read them as {ArrowTypes.ToClr(type).Name}.");
        if (plain != wanted) return Make(typeof(NullableReader<>), [plain], reader);
        return wanted.IsValueType ? Make(typeof(RequiredReader<>), [wanted], reader) : Make(typeof(ReferenceReader<>), [wanted], reader);
    }

    private static object? CreatePlain(DataType type, Type wanted) => type.Kind switch
    {
        DataTypeKind.Int when wanted == typeof(int) => new FixedWidthReader<int, int>(value => value),
        DataTypeKind.Int when wanted == typeof(long) => new FixedWidthReader<int, long>(value => value),
        DataTypeKind.Int when wanted == typeof(double) => new FixedWidthReader<int, double>(value => value),
        DataTypeKind.BigInt when wanted == typeof(long) => new FixedWidthReader<long, long>(value => value),
        DataTypeKind.Float when wanted == typeof(float) => new FixedWidthReader<float, float>(value => value),
        DataTypeKind.Float when wanted == typeof(double) => new FixedWidthReader<float, double>(value => value),
        DataTypeKind.Double when wanted == typeof(double) => new FixedWidthReader<double, double>(value => value),
        DataTypeKind.Decimal when wanted == typeof(decimal) => new FixedWidthReader<Int128, decimal>(value => DecimalNumber.ToDecimal(value, type.Scale)),
        DataTypeKind.Timestamp when wanted == typeof(DateTimeOffset) => new FixedWidthReader<long, DateTimeOffset>(UtcTime.ToDateTimeOffset),
        DataTypeKind.Timestamp when wanted == typeof(DateTime) => new FixedWidthReader<long, DateTime>(value => UtcTime.ToDateTimeOffset(value).UtcDateTime),
        DataTypeKind.Date when wanted == typeof(DateOnly) => new FixedWidthReader<int, DateOnly>(UtcTime.ToDate),
        DataTypeKind.Boolean when wanted == typeof(bool) => new BooleanReader(),
        DataTypeKind.String when wanted == typeof(string) => new TextReader(),
        _ => null,
    };

    private static object? CreateNested(DataType type, Type wanted)
    {
        if (wanted == typeof(object))
        {
            var natural = ArrowTypes.ToNullableClr(type);
            return Make(typeof(BoxingReader<>), [natural], Create(type, natural));
        }

        switch (type.Kind)
        {
            case DataTypeKind.Array when ElementType(wanted) is { } element:
                return Make(typeof(ListReader<,>), [wanted, element], Create(type.Element!, element));
            case DataTypeKind.Map when MapTypes(wanted) is [var key, var value]:
                return Make(typeof(MapReader<,,>), [wanted, key, value], Create(type.Key!, key), Create(type.Element!, value));
            case DataTypeKind.Struct when wanted == typeof(IReadOnlyDictionary<string, object?>):
                return new StructReader([.. type.Members.Select(member => (member.Name, Create<object?>(member.Type)))]);
            case DataTypeKind.Struct:
                return Make(typeof(RecordReader<>), [wanted], type);
            default:
                return null;
        }
    }

    private static Type? ElementType(Type wanted)
    {
        if (wanted.IsArray) return wanted.GetElementType();
        if (!wanted.IsGenericType || wanted.GetGenericArguments() is not [var element]) return null;
        return wanted.IsAssignableFrom(element.MakeArrayType()) || wanted == typeof(List<>).MakeGenericType(element) ? element : null;
    }

    private static Type[]? MapTypes(Type wanted) =>
        wanted.IsGenericType && wanted.GetGenericArguments() is [var key, var value] && wanted.IsAssignableFrom(typeof(Dictionary<,>).MakeGenericType(key, value))
            ? [key, value]
            : null;

    private static object Make(Type generic, Type[] arguments, params object[] parameters) => Activator.CreateInstance(generic.MakeGenericType(arguments), parameters)!;
}

internal sealed class FixedWidthReader<TStored, T>(Func<TStored, T> convert) : ColumnReader<T> where TStored : unmanaged
{
    private ReadOnlyMemory<byte> _bytes;
    private int _offset;

    public override void Open(IArrowArray array) => (_bytes, _offset) = (array.Data.Buffers[1].Memory, array.Data.Offset);

    public override T Read(int index) => convert(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, TStored>(_bytes.Span)[_offset + index]);
}

internal sealed class BooleanReader : ColumnReader<bool>
{
    private ReadOnlyMemory<byte> _bits;
    private int _offset;

    public override void Open(IArrowArray array) => (_bits, _offset) = (array.Data.Buffers[1].Memory, array.Data.Offset);

    public override bool Read(int index) => ArrowMemory.GetBit(_bits.Span, _offset + index);
}

internal sealed class TextReader : ColumnReader<string>
{
    private StringArray? _array;

    public override void Open(IArrowArray array) => _array = (StringArray)array;

    public override string Read(int index) => _array!.GetString(index);
}

/// <summary>Knows which values of the open array are null.</summary>
internal abstract class NullAwareReader<T> : ColumnReader<T>
{
    private ReadOnlyMemory<byte> _validity;
    private int _offset;

    public override void Open(IArrowArray array)
    {
        _validity = array.Data.GetNullCount() == 0 ? default : array.Data.Buffers[0].Memory;
        _offset = array.Data.Offset;
    }

    protected bool IsNull(int index) => !_validity.IsEmpty && !ArrowMemory.GetBit(_validity.Span, _offset + index);
}

internal sealed class NullableReader<T>(ColumnReader<T> inner) : NullAwareReader<T?> where T : struct
{
    public override void Open(IArrowArray array)
    {
        base.Open(array);
        inner.Open(array);
    }

    public override T? Read(int index) => IsNull(index) ? null : inner.Read(index);
}

internal sealed class ReferenceReader<T>(ColumnReader<T> inner) : NullAwareReader<T?> where T : class
{
    public override void Open(IArrowArray array)
    {
        base.Open(array);
        inner.Open(array);
    }

    public override T? Read(int index) => IsNull(index) ? null : inner.Read(index);
}

internal sealed class RequiredReader<T>(ColumnReader<T> inner) : NullAwareReader<T> where T : struct
{
    public override void Open(IArrowArray array)
    {
        base.Open(array);
        inner.Open(array);
    }

    public override T Read(int index) => IsNull(index)
        ? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The value in row {index} is null; read the column as {typeof(T).Name}?."))
        : inner.Read(index);
}

internal sealed class BoxingReader<T>(ColumnReader<T> inner) : ColumnReader<object?>
{
    public override void Open(IArrowArray array) => inner.Open(array);

    public override object? Read(int index) => inner.Read(index);
}

internal sealed class ListReader<TList, TElement>(ColumnReader<TElement> elements) : ColumnReader<TList>
{
    private ListArray? _array;

    public override void Open(IArrowArray array)
    {
        _array = (ListArray)array;
        elements.Open(_array.Values);
    }

    public override TList Read(int index)
    {
        var start = _array!.ValueOffsets[index];
        var values = new TElement[_array.ValueOffsets[index + 1] - start];
        for (var i = 0; i < values.Length; i++) values[i] = elements.Read(start + i);
        return typeof(TList) == typeof(List<TElement>) ? (TList)(object)new List<TElement>(values) : (TList)(object)values;
    }
}

internal sealed class MapReader<TMap, TKey, TValue>(ColumnReader<TKey> keys, ColumnReader<TValue> values) : ColumnReader<TMap> where TKey : notnull
{
    private MapArray? _array;

    public override void Open(IArrowArray array)
    {
        _array = (MapArray)array;
        keys.Open(_array.Keys);
        values.Open(_array.Values);
    }

    public override TMap Read(int index)
    {
        var (start, end) = (_array!.ValueOffsets[index], _array.ValueOffsets[index + 1]);
        var map = new Dictionary<TKey, TValue>(end - start);
        for (var i = start; i < end; i++) map[keys.Read(i)] = values.Read(i);
        return (TMap)(object)map;
    }
}

internal sealed class StructReader(IReadOnlyList<(string Name, ColumnReader<object?> Values)> members) : ColumnReader<IReadOnlyDictionary<string, object?>>
{
    public override void Open(IArrowArray array)
    {
        var fields = ((StructArray)array).Fields;
        for (var i = 0; i < members.Count; i++) members[i].Values.Open(fields[i]);
    }

    public override IReadOnlyDictionary<string, object?> Read(int index)
    {
        var values = new Dictionary<string, object?>(members.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, reader) in members) values[name] = reader.Read(index);
        return values;
    }
}
