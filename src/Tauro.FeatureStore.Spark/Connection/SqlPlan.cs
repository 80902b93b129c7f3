namespace Tauro.FeatureStore.Engines.Spark.Protocol;

/// <summary>Messages of the protocol that stand for a text of SQL.</summary>
internal static class SqlPlan
{
    public static Plan Of(string sql) => new() { Root = RelationOf(sql) };

    public static Relation RelationOf(string sql) => new() { Sql = new Sql { Query = sql } };
}
