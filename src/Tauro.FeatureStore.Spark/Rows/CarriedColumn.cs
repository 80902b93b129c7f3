using System.Globalization;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>Collects the values of one column that <see cref="CarriedSql"/> let pass, as an Arrow array of the column's own type.</summary>
internal abstract class CarriedColumn(IArrowType type)
{
    private readonly ArrowBuffer.BitmapBuilder _validity = new();

    protected IArrowType Type => type;

    private int Length { get; set; }

    public static CarriedColumn Of(IArrowType type) => type switch
    {
        Int32Type or Date32Type => new FixedWidth<int>(type, value => Convert.ToInt32(value, CultureInfo.InvariantCulture)),
        // A whole number arrives in the narrowest type that holds it.
        Int64Type or TimestampType => new FixedWidth<long>(type, value => Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        FloatType => new FixedWidth<float>(type, value => (float)Floating(value, text => float.Parse(text, CultureInfo.InvariantCulture))),
        DoubleType => new FixedWidth<double>(type, value => Floating(value, text => double.Parse(text, CultureInfo.InvariantCulture))),
        Decimal128Type number => new FixedWidth<Int128>(type, value => Digits((string)value, number.Scale)),
        BooleanType => new Truths(type),
        StringType => new Bytes(type, value => System.Text.Encoding.UTF8.GetBytes((string)value)),
        BinaryType => new Bytes(type, value => Convert.FromBase64String((string)value)),
        NullType => new Nothing(type),
        MapType map => new Map(map),
        ListType list => new List(list),
        StructType composite => new Struct(composite),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    public void Append(object? value)
    {
        _validity.Append(value is not null);
        Length++;
        if (value is null) AddNull();
        else Add(value);
    }

    public IArrowArray Build() => ArrowArrayFactory.BuildArray(BuildData());

    protected abstract void Add(object value);

    protected abstract void AddNull();

    protected abstract ArrayData BuildData();

    protected ArrayData Finish(ArrowBuffer[] buffers, ArrayData[]? children = null)
    {
        var nulls = _validity.UnsetBitCount;
        return new ArrayData(type, Length, nulls, 0, [nulls == 0 ? ArrowBuffer.Empty : _validity.Build(), .. buffers], children);
    }

    /// <summary>A number, or its text inside of a nested value. Not a number has the same bits there as everywhere in Java, which are not those of .NET.</summary>
    private static double Floating(object value, Func<string, double> parse) =>
        value is not string text ? (double)value : text == "NaN" ? BitConverter.Int64BitsToDouble(0x7FF8000000000000) : parse(text);

    /// <summary>A decimal without its point. Spark writes it with an exponent where that is shorter.</summary>
    private static Int128 Digits(string text, int scale)
    {
        var exponent = text.IndexOf('E', StringComparison.OrdinalIgnoreCase);
        var number = exponent < 0 ? text : text[..exponent];
        var point = number.IndexOf('.', StringComparison.Ordinal);
        var decimals = (point < 0 ? 0 : number.Length - point - 1) - (exponent < 0 ? 0 : int.Parse(text.AsSpan(exponent + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        var digits = Int128.Parse(number.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        for (; decimals < scale; decimals++) digits = checked(digits * 10);
        for (; decimals > scale; decimals--) digits = digits % 10 == 0 ? digits / 10 : throw new FormatException($"A decimal has more than {scale} digits after its point.");
        return digits;
    }

    /// <summary>A part of a nested value, as a flat value would arrive.</summary>
    private static object? Part(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.GetInt64(),
        JsonValueKind.String => element.GetString(),
        _ => element,
    };

    private static void Read(object value, Action<JsonElement> read)
    {
        if (value is JsonElement element)
        {
            read(element);
            return;
        }

        using var document = JsonDocument.Parse((string)value, new JsonDocumentOptions { MaxDepth = 1000 });
        read(document.RootElement);
    }

    private sealed class FixedWidth<T>(IArrowType type, Func<object, T> read) : CarriedColumn(type) where T : struct
    {
        private readonly ArrowBuffer.Builder<T> _values = new();

        protected override void Add(object value) => _values.Append(read(value));

        protected override void AddNull() => _values.Append(default(T));

        protected override ArrayData BuildData() => Finish([_values.Build()]);
    }

    private sealed class Truths(IArrowType type) : CarriedColumn(type)
    {
        private readonly ArrowBuffer.BitmapBuilder _values = new();

        protected override void Add(object value) => _values.Append((bool)value);

        protected override void AddNull() => _values.Append(false);

        protected override ArrayData BuildData() => Finish([_values.Build()]);
    }

    private sealed class Nothing(IArrowType type) : CarriedColumn(type)
    {
        protected override void Add(object value) => throw new FormatException("A column of nothing but nulls holds a value.");

        protected override void AddNull()
        {
        }

        protected override ArrayData BuildData() => new(Type, Length, Length, 0, []);
    }

    private sealed class Bytes(IArrowType type, Func<object, byte[]> read) : CarriedColumn(type)
    {
        private readonly ArrowBuffer.Builder<byte> _bytes = new();
        private readonly ArrowBuffer.Builder<int> _offsets = new ArrowBuffer.Builder<int>().Append(0);

        protected override void Add(object value)
        {
            _bytes.Append(read(value));
            _offsets.Append(_bytes.Length);
        }

        protected override void AddNull() => _offsets.Append(_bytes.Length);

        protected override ArrayData BuildData() => Finish([_offsets.Build(), _bytes.Build()]);
    }

    private sealed class List(ListType type) : CarriedColumn(type)
    {
        private readonly CarriedColumn _elements = Of(type.ValueDataType);
        private readonly ArrowBuffer.Builder<int> _offsets = new ArrowBuffer.Builder<int>().Append(0);

        protected override void Add(object value)
        {
            Read(value, list =>
            {
                foreach (var element in list.EnumerateArray()) _elements.Append(Part(element));
            });
            AddNull();
        }

        protected override void AddNull() => _offsets.Append(_elements.Length);

        protected override ArrayData BuildData() => Finish([_offsets.Build()], [_elements.BuildData()]);
    }

    private sealed class Map(MapType type) : CarriedColumn(type)
    {
        private readonly CarriedColumn _keys = Of(type.KeyField.DataType);
        private readonly CarriedColumn _values = Of(type.ValueField.DataType);
        private readonly ArrowBuffer.Builder<int> _offsets = new ArrowBuffer.Builder<int>().Append(0);

        protected override void Add(object value)
        {
            Read(value, entries =>
            {
                foreach (var entry in entries.EnumerateArray())
                {
                    _keys.Append(Part(entry.GetProperty("key")));
                    _values.Append(entry.TryGetProperty("value", out var found) ? Part(found) : null);
                }
            });
            AddNull();
        }

        protected override void AddNull() => _offsets.Append(_keys.Length);

        protected override ArrayData BuildData()
        {
            var entries = new ArrayData(type.KeyValueType, _keys.Length, 0, 0, [ArrowBuffer.Empty], [_keys.BuildData(), _values.BuildData()]);
            return Finish([_offsets.Build()], [entries]);
        }
    }

    private sealed class Struct(StructType type) : CarriedColumn(type)
    {
        private readonly CarriedColumn[] _members = [.. type.Fields.Select(field => Of(field.DataType))];

        /// <summary>A member that is null is not there.</summary>
        protected override void Add(object value) => Read(value, composite =>
        {
            for (var i = 0; i < _members.Length; i++) _members[i].Append(composite.TryGetProperty(CarriedSql.Member(i), out var found) ? Part(found) : null);
        });

        protected override void AddNull()
        {
            foreach (var member in _members) member.Append(null);
        }

        protected override ArrayData BuildData() => Finish([], [.. _members.Select(member => member.BuildData())]);
    }
}
