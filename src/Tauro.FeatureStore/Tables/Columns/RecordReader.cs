using System.Linq.Expressions;
using System.Reflection;
using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>
/// Makes records of columns: through the constructor whose parameters are all columns, the one with the most of them, and through settable properties for the
/// rest. Names match without regard to case and underscores, so that <c>user_id</c> fills <c>UserId</c>.
/// </summary>
internal sealed class RecordReader<TRecord> : ColumnReader<TRecord>
{
    private readonly List<IRecordMember> _members = [];
    private readonly Func<int, TRecord> _make;

    public RecordReader(DataType type) : this(type.Members)
    {
    }

    public RecordReader(IReadOnlyList<StructMember> columns)
    {
        var places = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < columns.Count; i++) places.TryAdd(Fold(columns[i].Name), i);
        _make = Compile(columns, places);
    }

    public override void Open(IArrowArray array) => Open(((StructArray)array).Fields);

    public void Open(IReadOnlyList<IArrowArray> columns)
    {
        foreach (var member in _members) member.Open(columns);
    }

    public override TRecord Read(int index) => _make(index);

    private Func<int, TRecord> Compile(IReadOnlyList<StructMember> columns, Dictionary<string, int> places)
    {
        var index = Expression.Parameter(typeof(int));
        var constructor = FindConstructor(places)
            ?? throw new SchemaValidationException($"No constructor of {typeof(TRecord).Name} takes only columns of the table ({string.Join(", ", columns.Select(column => column.Name))}).");
        var parameters = constructor.GetParameters();
        var taken = parameters.Select(parameter => Fold(parameter.Name!)).ToHashSet(StringComparer.OrdinalIgnoreCase);

        Expression Value(string name, Type type)
        {
            var place = places[Fold(name)];
            var reader = ColumnReaders.Create(columns[place].Type, type);
            var member = (IRecordMember)Activator.CreateInstance(typeof(RecordMember<>).MakeGenericType(type), place, reader)!;
            _members.Add(member);
            return Expression.Call(Expression.Constant(reader), reader.GetType().GetMethod(nameof(Read), [typeof(int)])!, index);
        }

        Expression made = Expression.New(constructor, parameters.Select(parameter => Expression.Convert(Value(parameter.Name!, parameter.ParameterType), parameter.ParameterType)));
        var settable = ColumnAppenders.Properties(typeof(TRecord))
            .Where(property => property.SetMethod is { IsPublic: true } && places.ContainsKey(Fold(property.Name)) && !taken.Contains(Fold(property.Name)));
        var bindings = settable.Select(property => Expression.Bind(property, Expression.Convert(Value(property.Name, property.PropertyType), property.PropertyType))).ToList();
        if (bindings.Count > 0) made = Expression.MemberInit((NewExpression)made, bindings);
        return Expression.Lambda<Func<int, TRecord>>(made, index).Compile();
    }

    private static ConstructorInfo? FindConstructor(Dictionary<string, int> places) =>
        typeof(TRecord).GetConstructors()
            .Where(constructor => constructor.GetParameters().All(parameter => places.ContainsKey(Fold(parameter.Name!))))
            .MaxBy(constructor => constructor.GetParameters().Length);

    private static string Fold(string name) => name.Replace("_", "", StringComparison.Ordinal);
}

/// <summary>A column that fills a part of a record.</summary>
internal interface IRecordMember
{
    void Open(IReadOnlyList<IArrowArray> columns);
}

internal sealed class RecordMember<T>(int place, ColumnReader<T> reader) : IRecordMember
{
    public void Open(IReadOnlyList<IArrowArray> columns) => reader.Open(columns[place]);
}
