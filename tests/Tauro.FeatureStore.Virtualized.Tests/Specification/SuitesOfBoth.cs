namespace Tauro.FeatureStore.Specification;

// Every suite about reads, on written and virtual groups in one store. Suites of one group begin with a virtual one, those of several with a written one.

public sealed class GeneratedCasesOfBoth() : GeneratedCasesSpecification(new CompositeOfBoth(firstVirtual: 1));

public sealed class EveryEntityOfBoth() : EveryEntitySpecification(new CompositeOfBoth(firstVirtual: 1));

public sealed class FreshnessOfBoth() : FreshnessSpecification(new CompositeOfBoth(firstVirtual: 0));

public sealed class LatestValuesOfBoth() : LatestValuesSpecification(new CompositeOfBoth(firstVirtual: 0));

public sealed class RangeOfBoth() : RangeSpecification(new CompositeOfBoth(firstVirtual: 0));

public sealed class FeatureReferencesOfBoth() : FeatureReferencesSpecification(new CompositeOfBoth(firstVirtual: 1));

public sealed class NamesOfBoth() : NamesSpecification(new CompositeOfBoth(firstVirtual: 0));

public sealed class EmptinessOfBoth() : EmptinessSpecification(new CompositeOfBoth(firstVirtual: 0));

public sealed class KeysOfBoth() : KeysSpecification(new CompositeOfBoth(firstVirtual: 0));

public sealed class KnownAsOfOfBoth() : KnownAsOfSpecification(new CompositeOfBoth(firstVirtual: 0));

public sealed class LookbackOfBoth() : LookbackSpecification(new CompositeOfBoth(firstVirtual: 0));

public sealed class MachineZoneOfBoth() : MachineZoneSpecification(new CompositeOfBoth(firstVirtual: 0));

public sealed class NullValuesOfBoth() : NullValuesSpecification(new CompositeOfBoth(firstVirtual: 0));

public sealed class OutputNamesOfBoth() : OutputNamesSpecification(new CompositeOfBoth(firstVirtual: 1));

public sealed class RowChoiceOfBoth() : RowChoiceSpecification(new CompositeOfBoth(firstVirtual: 0));

public sealed class SeveralGroupsOfBoth() : SeveralGroupsSpecification(new CompositeOfBoth(firstVirtual: 1));

public sealed class SpineOfBoth() : SpineSpecification(new CompositeOfBoth(firstVirtual: 1));

public sealed class StreamingOfBoth() : StreamingSpecification(new CompositeOfBoth(firstVirtual: 0));

public sealed class TimesOfBoth() : TimesSpecification(new CompositeOfBoth(firstVirtual: 0));

public sealed class VisibilityOfBoth() : VisibilitySpecification(new CompositeOfBoth(firstVirtual: 0));

public sealed class PassThroughOfBoth() : PassThroughSpecification(new CompositeOfBoth(firstVirtual: 0));
