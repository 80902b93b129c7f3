namespace Tauro.FeatureStore.Specification;

// Every suite of the specification, on virtual features that DuckDB computes.

public sealed class GeneratedCasesOfVirtualFeatures() : GeneratedCasesSpecification(new VirtualOnDuckDB());

public sealed class EveryEntityOfVirtualFeatures() : EveryEntitySpecification(new VirtualOnDuckDB());

public sealed class FreshnessOfVirtualFeatures() : FreshnessSpecification(new VirtualOnDuckDB());

public sealed class LatestValuesOfVirtualFeatures() : LatestValuesSpecification(new VirtualOnDuckDB());

public sealed class RangeOfVirtualFeatures() : RangeSpecification(new VirtualOnDuckDB());

public sealed class FeatureReferencesOfVirtualFeatures() : FeatureReferencesSpecification(new VirtualOnDuckDB());

public sealed class NamesOfVirtualFeatures() : NamesSpecification(new VirtualOnDuckDB());

public sealed class EmptinessOfVirtualFeatures() : EmptinessSpecification(new VirtualOnDuckDB());

public sealed class KeysOfVirtualFeatures() : KeysSpecification(new VirtualOnDuckDB());

public sealed class KnownAsOfOfVirtualFeatures() : KnownAsOfSpecification(new VirtualOnDuckDB());

public sealed class LookbackOfVirtualFeatures() : LookbackSpecification(new VirtualOnDuckDB());

public sealed class MachineZoneOfVirtualFeatures() : MachineZoneSpecification(new VirtualOnDuckDB());

public sealed class NullValuesOfVirtualFeatures() : NullValuesSpecification(new VirtualOnDuckDB());

public sealed class OutputNamesOfVirtualFeatures() : OutputNamesSpecification(new VirtualOnDuckDB());

public sealed class RowChoiceOfVirtualFeatures() : RowChoiceSpecification(new VirtualOnDuckDB());

public sealed class SeveralGroupsOfVirtualFeatures() : SeveralGroupsSpecification(new VirtualOnDuckDB());

public sealed class SpineOfVirtualFeatures() : SpineSpecification(new VirtualOnDuckDB());

public sealed class StreamingOfVirtualFeatures() : StreamingSpecification(new VirtualOnDuckDB());

public sealed class TimesOfVirtualFeatures() : TimesSpecification(new VirtualOnDuckDB());

public sealed class VisibilityOfVirtualFeatures() : VisibilitySpecification(new VirtualOnDuckDB());

public sealed class PassThroughOfVirtualFeatures() : PassThroughSpecification(new VirtualOnDuckDB());
