namespace Tauro.FeatureStore;

/// <summary>A column as a group's rows are stored: its place in the table is that in <see cref="All"/>.</summary>
internal sealed record StoredColumn(string Name, DataType Type, bool Nullable, FeatureSchema? Feature)
{
    /// <summary>What the column is in its group, in the words of errors.</summary>
    public string RoleIn(FeatureGroupSchema schema)
    {
        if (Feature is not null) return "feature";
        if (Name == schema.TimestampKey) return "event time";
        return Name == schema.CreatedTimestampKey ? "created time" : "entity key";
    }

    /// <summary>The columns of a group: keys, event time, created time, features.</summary>
    public static IReadOnlyList<StoredColumn> All(FeatureGroupSchema schema, IReadOnlyDictionary<string, DataType> keyTypes)
    {
        var columns = schema.EntityKeys.Select(key => new StoredColumn(key.Name, keyTypes[key.Name], Nullable: false, Feature: null)).ToList();
        if (schema.TimestampKey is { } time) columns.Add(new StoredColumn(time, schema.TimestampType, Nullable: false, Feature: null));
        if (schema.CreatedTimestampKey is { } created) columns.Add(new StoredColumn(created, DataType.Timestamp, Nullable: false, Feature: null));
        columns.AddRange(schema.Features.Select(feature => new StoredColumn(feature.Name, feature.DataType, feature.Nullable, feature)));
        return columns;
    }
}
