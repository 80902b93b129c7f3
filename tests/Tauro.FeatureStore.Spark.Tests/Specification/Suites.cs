using Tauro.FeatureStore.Spark.Tests;

namespace Tauro.FeatureStore.Specification;

// Every suite of the specification, on the materialized store whose plans Spark runs.

public sealed class GeneratedCasesOnSpark(SparkServer server) : GeneratedCasesSpecification(new MaterializedOnSpark(server));

public sealed class EveryEntityOnSpark(SparkServer server) : EveryEntitySpecification(new MaterializedOnSpark(server));

public sealed class FreshnessOnSpark(SparkServer server) : FreshnessSpecification(new MaterializedOnSpark(server));

public sealed class LatestValuesOnSpark(SparkServer server) : LatestValuesSpecification(new MaterializedOnSpark(server));

public sealed class RangeOnSpark(SparkServer server) : RangeSpecification(new MaterializedOnSpark(server));

public sealed class FeatureReferencesOnSpark(SparkServer server) : FeatureReferencesSpecification(new MaterializedOnSpark(server));

public sealed class NamesOnSpark(SparkServer server) : NamesSpecification(new MaterializedOnSpark(server));

public sealed class EmptinessOnSpark(SparkServer server) : EmptinessSpecification(new MaterializedOnSpark(server));

public sealed class KeysOnSpark(SparkServer server) : KeysSpecification(new MaterializedOnSpark(server));

public sealed class KnownAsOfOnSpark(SparkServer server) : KnownAsOfSpecification(new MaterializedOnSpark(server));

public sealed class LookbackOnSpark(SparkServer server) : LookbackSpecification(new MaterializedOnSpark(server));

public sealed class MachineZoneOnSpark(SparkServer server) : MachineZoneSpecification(new MaterializedOnSpark(server));

public sealed class NullValuesOnSpark(SparkServer server) : NullValuesSpecification(new MaterializedOnSpark(server));

public sealed class OutputNamesOnSpark(SparkServer server) : OutputNamesSpecification(new MaterializedOnSpark(server));

public sealed class RowChoiceOnSpark(SparkServer server) : RowChoiceSpecification(new MaterializedOnSpark(server));

public sealed class SeveralGroupsOnSpark(SparkServer server) : SeveralGroupsSpecification(new MaterializedOnSpark(server));

public sealed class SpineOnSpark(SparkServer server) : SpineSpecification(new MaterializedOnSpark(server));

public sealed class StreamingOnSpark(SparkServer server) : StreamingSpecification(new MaterializedOnSpark(server));

public sealed class TimesOnSpark(SparkServer server) : TimesSpecification(new MaterializedOnSpark(server));

public sealed class VisibilityOnSpark(SparkServer server) : VisibilitySpecification(new MaterializedOnSpark(server));

public sealed class PassThroughOnSpark(SparkServer server) : PassThroughSpecification(new MaterializedOnSpark(server));

public sealed class RefusedWritesOnSpark(SparkServer server) : RefusedWritesSpecification(new MaterializedOnSpark(server));

public sealed class WideningOnSpark(SparkServer server) : WideningSpecification(new MaterializedOnSpark(server));

public sealed class WriteModesOnSpark(SparkServer server) : WriteModesSpecification(new MaterializedOnSpark(server));

public sealed class MergeOnSpark(SparkServer server) : MergeSpecification(new MaterializedOnSpark(server));

public sealed class BackfillOnSpark(SparkServer server) : BackfillSpecification(new MaterializedOnSpark(server));

public sealed class TimeTravelOnSpark(SparkServer server) : TimeTravelSpecification(new MaterializedOnSpark(server));
