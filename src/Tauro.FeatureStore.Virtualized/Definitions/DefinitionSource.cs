namespace Tauro.FeatureStore.Virtualized;

/// <summary>A checked definition as a source of a plan.</summary>
internal static class DefinitionSource
{
    public static FeatureSource Of(FeatureGroupSchema group, VirtualFeatureDefinition definition, IReadOnlyDictionary<string, DataType> keyTypes) =>
        new(new SqlSource(definition.Sql, definition.Parameters, definition.UsesAsOf), definition.Features, KindOf(group, definition), keyTypes)
        {
            TimestampColumn = definition.TimestampColumn,
            CreatedColumn = definition.CreatedColumn,
            Tables = definition.Sources,
            TimeToLive = definition.TimeToLive,
        };

    private static SourceKind KindOf(FeatureGroupSchema group, VirtualFeatureDefinition definition) =>
        definition.TimestampColumn is not null ? SourceKind.Timed
        : definition.UsesAsOf ? SourceKind.AsOf
        : definition.IsStatic || group.IsStatic ? SourceKind.Static
        : SourceKind.CurrentOnly;
}
