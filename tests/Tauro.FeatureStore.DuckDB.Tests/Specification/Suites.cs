namespace Tauro.FeatureStore.Specification;

// Every suite of the specification, on the materialized store whose plans DuckDB runs.

public sealed class GeneratedCasesOnDuckDB() : GeneratedCasesSpecification(new MaterializedOnDuckDB());

public sealed class EveryEntityOnDuckDB() : EveryEntitySpecification(new MaterializedOnDuckDB());

public sealed class FreshnessOnDuckDB() : FreshnessSpecification(new MaterializedOnDuckDB());

public sealed class LatestValuesOnDuckDB() : LatestValuesSpecification(new MaterializedOnDuckDB());

public sealed class RangeOnDuckDB() : RangeSpecification(new MaterializedOnDuckDB());

public sealed class FeatureReferencesOnDuckDB() : FeatureReferencesSpecification(new MaterializedOnDuckDB());

public sealed class NamesOnDuckDB() : NamesSpecification(new MaterializedOnDuckDB());

public sealed class EmptinessOnDuckDB() : EmptinessSpecification(new MaterializedOnDuckDB());

public sealed class KeysOnDuckDB() : KeysSpecification(new MaterializedOnDuckDB());

public sealed class KnownAsOfOnDuckDB() : KnownAsOfSpecification(new MaterializedOnDuckDB());

public sealed class LookbackOnDuckDB() : LookbackSpecification(new MaterializedOnDuckDB());

public sealed class MachineZoneOnDuckDB() : MachineZoneSpecification(new MaterializedOnDuckDB());

public sealed class NullValuesOnDuckDB() : NullValuesSpecification(new MaterializedOnDuckDB());

public sealed class OutputNamesOnDuckDB() : OutputNamesSpecification(new MaterializedOnDuckDB());

public sealed class RowChoiceOnDuckDB() : RowChoiceSpecification(new MaterializedOnDuckDB());

public sealed class SeveralGroupsOnDuckDB() : SeveralGroupsSpecification(new MaterializedOnDuckDB());

public sealed class SpineOnDuckDB() : SpineSpecification(new MaterializedOnDuckDB());

public sealed class StreamingOnDuckDB() : StreamingSpecification(new MaterializedOnDuckDB());

public sealed class TimesOnDuckDB() : TimesSpecification(new MaterializedOnDuckDB());

public sealed class VisibilityOnDuckDB() : VisibilitySpecification(new MaterializedOnDuckDB());

public sealed class PassThroughOnDuckDB() : PassThroughSpecification(new MaterializedOnDuckDB());

public sealed class RefusedWritesOnDuckDB() : RefusedWritesSpecification(new MaterializedOnDuckDB());

public sealed class WideningOnDuckDB() : WideningSpecification(new MaterializedOnDuckDB());

public sealed class WriteModesOnDuckDB() : WriteModesSpecification(new MaterializedOnDuckDB());
