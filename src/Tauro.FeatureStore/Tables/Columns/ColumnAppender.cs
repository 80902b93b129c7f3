using System.Linq.Expressions;
using System.Reflection;

namespace Tauro.FeatureStore;

/// <summary>Appends values of a CLR type, null included, to the column builder that fits it. No value is boxed.</summary>
internal abstract class ColumnAppender<T>
{
    public abstract ColumnBuilder Builder { get; }

    public abstract void Append(T value);
}

/// <summary>Finds the appender of a CLR type: the CLR side of the type table, read from left to right.</summary>
internal static class ColumnAppenders
{
    public static ColumnAppender<T> Create<T>() => (ColumnAppender<T>)Create(typeof(T));

    public static object Create(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Make(typeof(NullableAppender<>), [underlying], Create(underlying));
        return CreatePlain(type) ?? CreateNested(type)
            ?? throw new SchemaValidationException(
                $"Values of the CLR type {type} cannot be held in a column. Use numbers, text, booleans, DateTimeOffset, DateTime, DateOnly, arrays, dictionaries or records of them.");
    }

    private static object? CreatePlain(Type type)
    {
        if (type == typeof(int)) return new ConvertingAppender<int, int>(new FixedWidthBuilder<int>(DataType.Int), value => value);
        if (type == typeof(long)) return new ConvertingAppender<long, long>(new FixedWidthBuilder<long>(DataType.BigInt), value => value);
        if (type == typeof(double)) return new ConvertingAppender<double, double>(new FixedWidthBuilder<double>(DataType.Double), value => value);
        if (type == typeof(float)) return new ConvertingAppender<float, float>(new FixedWidthBuilder<float>(DataType.Float), value => value);
        if (type == typeof(decimal)) return new ConvertingAppender<decimal, decimal>(new DecimalBuilder(), value => value);
        if (type == typeof(bool)) return new ConvertingAppender<bool, bool>(new BooleanBuilder(), value => value);
        if (type == typeof(string)) return new TextAppender();
        if (type == typeof(DateTimeOffset)) return new ConvertingAppender<DateTimeOffset, long>(new FixedWidthBuilder<long>(DataType.Timestamp), UtcTime.FromDateTimeOffset);
        if (type == typeof(DateTime)) return new ConvertingAppender<DateTime, long>(new FixedWidthBuilder<long>(DataType.Timestamp), UtcTime.FromDateTime);
        if (type == typeof(DateOnly)) return new ConvertingAppender<DateOnly, int>(new FixedWidthBuilder<int>(DataType.Date), UtcTime.FromDate);
        if (type == typeof(short)) return new ConvertingAppender<short, int>(new FixedWidthBuilder<int>(DataType.Int), value => value);
        if (type == typeof(byte)) return new ConvertingAppender<byte, int>(new FixedWidthBuilder<int>(DataType.Int), value => value);
        if (type == typeof(sbyte)) return new ConvertingAppender<sbyte, int>(new FixedWidthBuilder<int>(DataType.Int), value => value);
        if (type == typeof(ushort)) return new ConvertingAppender<ushort, int>(new FixedWidthBuilder<int>(DataType.Int), value => value);
        if (type == typeof(uint)) return new ConvertingAppender<uint, long>(new FixedWidthBuilder<long>(DataType.BigInt), value => value);
        return null;
    }

    private static object? CreateNested(Type type)
    {
        if (type.IsArray && type.GetArrayRank() == 1) return Make(typeof(ListAppender<,>), [type, type.GetElementType()!], Create(type.GetElementType()!));
        if (Implements(type, typeof(IReadOnlyDictionary<,>)) is { } map)
            return Make(typeof(MapAppender<,,>), [type, .. map.GetGenericArguments()], [.. map.GetGenericArguments().Select(Create)]);
        if (Implements(type, typeof(IEnumerable<>)) is { } list)
            return Make(typeof(ListAppender<,>), [type, list.GetGenericArguments()[0]], Create(list.GetGenericArguments()[0]));
        return IsRecord(type) ? Make(typeof(RecordAppender<>), [type]) : null;
    }

    /// <summary>Whether values of a type are taken apart into their public properties.</summary>
    private static bool IsRecord(Type type) =>
        type is { IsPrimitive: false, IsEnum: false, IsPointer: false, IsAbstract: false } && type != typeof(object)
        && type.Assembly != typeof(object).Assembly && Properties(type).Count > 0;

    public static IReadOnlyList<PropertyInfo> Properties(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanRead && property.GetIndexParameters().Length == 0)];

    /// <summary>Appenders for the properties of a record, each of which takes the whole record.</summary>
    public static IReadOnlyList<PropertyAppender<TRecord>> ForProperties<TRecord>() =>
        [.. Properties(typeof(TRecord)).Select(property =>
        {
            var record = Expression.Parameter(typeof(TRecord));
            var getter = Expression.Lambda(Expression.Property(record, property), record).Compile();
            return (PropertyAppender<TRecord>)Make(typeof(PropertyAppender<,>), [typeof(TRecord), property.PropertyType], property.Name, getter, Create(property.PropertyType));
        })];

    private static Type? Implements(Type type, Type contract) =>
        type.IsInterface && type.IsGenericType && type.GetGenericTypeDefinition() == contract
            ? type
            : type.GetInterfaces().FirstOrDefault(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == contract);

    private static object Make(Type generic, Type[] arguments, params object[] parameters) => Activator.CreateInstance(generic.MakeGenericType(arguments), parameters)!;
}

internal sealed class ConvertingAppender<T, TStored>(ColumnBuilder<TStored> builder, Func<T, TStored> convert) : ColumnAppender<T>
{
    public override ColumnBuilder Builder => builder;

    public override void Append(T value) => builder.Append(convert(value));
}

internal sealed class NullableAppender<T>(ColumnAppender<T> inner) : ColumnAppender<T?> where T : struct
{
    public override ColumnBuilder Builder => inner.Builder;

    public override void Append(T? value)
    {
        if (value is { } present) inner.Append(present);
        else inner.Builder.AppendNull();
    }
}

internal sealed class TextAppender : ColumnAppender<string?>
{
    private readonly TextBuilder _builder = new();

    public override ColumnBuilder Builder => _builder;

    public override void Append(string? value)
    {
        if (value is null) _builder.AppendNull();
        else _builder.Append(value);
    }
}

internal sealed class ListAppender<TList, TElement>(ColumnAppender<TElement> elements) : ColumnAppender<TList?> where TList : IEnumerable<TElement>
{
    private readonly ListBuilder _builder = new(elements.Builder);

    public override ColumnBuilder Builder => _builder;

    public override void Append(TList? value)
    {
        if (value is null)
        {
            _builder.AppendNull();
            return;
        }

        if (value is TElement[] array)
            foreach (var element in array) elements.Append(element);
        else
            foreach (var element in value) elements.Append(element);
        _builder.EndList();
    }
}

internal sealed class MapAppender<TMap, TKey, TValue>(ColumnAppender<TKey> keys, ColumnAppender<TValue> values) : ColumnAppender<TMap?>
    where TMap : IReadOnlyDictionary<TKey, TValue>
{
    private readonly MapBuilder _builder = new(keys.Builder, values.Builder);

    public override ColumnBuilder Builder => _builder;

    public override void Append(TMap? value)
    {
        if (value is null)
        {
            _builder.AppendNull();
            return;
        }

        foreach (var (key, item) in value)
        {
            keys.Append(key);
            values.Append(item);
        }

        _builder.EndMap();
    }
}

internal sealed class RecordAppender<TRecord> : ColumnAppender<TRecord?>
{
    private readonly IReadOnlyList<PropertyAppender<TRecord>> _properties = ColumnAppenders.ForProperties<TRecord>();
    private readonly StructBuilder _builder;

    public RecordAppender() => _builder = new StructBuilder([.. _properties.Select(property => (property.Name, property.Builder))]);

    public override ColumnBuilder Builder => _builder;

    public override void Append(TRecord? value)
    {
        if (value is null)
        {
            _builder.AppendNull();
            return;
        }

        foreach (var property in _properties) property.Append(value);
        _builder.EndStruct();
    }
}

/// <summary>Appends one property of a record.</summary>
internal abstract class PropertyAppender<TRecord>(string name)
{
    public string Name => name;

    public abstract ColumnBuilder Builder { get; }

    public abstract void Append(TRecord record);
}

internal sealed class PropertyAppender<TRecord, TValue>(string name, Func<TRecord, TValue> getter, ColumnAppender<TValue> values) : PropertyAppender<TRecord>(name)
{
    public override ColumnBuilder Builder => values.Builder;

    public override void Append(TRecord record) => values.Append(getter(record));
}
