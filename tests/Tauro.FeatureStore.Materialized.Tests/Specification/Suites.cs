namespace Tauro.FeatureStore.Specification;

// Every suite of the specification, on the materialized store with the executor of its own.

public sealed class GeneratedCasesInProcess() : GeneratedCasesSpecification(new MaterializedInProcess());

public sealed class EveryEntityInProcess() : EveryEntitySpecification(new MaterializedInProcess());

public sealed class FreshnessInProcess() : FreshnessSpecification(new MaterializedInProcess());

public sealed class LatestValuesInProcess() : LatestValuesSpecification(new MaterializedInProcess());

public sealed class RangeInProcess() : RangeSpecification(new MaterializedInProcess());

public sealed class FeatureReferencesInProcess() : FeatureReferencesSpecification(new MaterializedInProcess());

public sealed class NamesInProcess() : NamesSpecification(new MaterializedInProcess());

public sealed class EmptinessInProcess() : EmptinessSpecification(new MaterializedInProcess());

public sealed class KeysInProcess() : KeysSpecification(new MaterializedInProcess());

public sealed class KnownAsOfInProcess() : KnownAsOfSpecification(new MaterializedInProcess());

public sealed class LookbackInProcess() : LookbackSpecification(new MaterializedInProcess());

public sealed class MachineZoneInProcess() : MachineZoneSpecification(new MaterializedInProcess());

public sealed class NullValuesInProcess() : NullValuesSpecification(new MaterializedInProcess());

public sealed class OutputNamesInProcess() : OutputNamesSpecification(new MaterializedInProcess());

public sealed class RowChoiceInProcess() : RowChoiceSpecification(new MaterializedInProcess());

public sealed class SeveralGroupsInProcess() : SeveralGroupsSpecification(new MaterializedInProcess());

public sealed class SpineInProcess() : SpineSpecification(new MaterializedInProcess());

public sealed class StreamingInProcess() : StreamingSpecification(new MaterializedInProcess());

public sealed class TimesInProcess() : TimesSpecification(new MaterializedInProcess());

public sealed class VisibilityInProcess() : VisibilitySpecification(new MaterializedInProcess());

public sealed class PassThroughInProcess() : PassThroughSpecification(new MaterializedInProcess());

public sealed class RefusedWritesInProcess() : RefusedWritesSpecification(new MaterializedInProcess());

public sealed class WideningInProcess() : WideningSpecification(new MaterializedInProcess());

public sealed class WriteModesInProcess() : WriteModesSpecification(new MaterializedInProcess());
