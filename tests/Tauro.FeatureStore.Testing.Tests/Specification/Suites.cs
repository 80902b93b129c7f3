namespace Tauro.FeatureStore.Specification;

// Every suite of the specification, on the store in memory.

public sealed class GeneratedCasesInMemory() : GeneratedCasesSpecification(new StoreInMemory());

public sealed class EveryEntityInMemory() : EveryEntitySpecification(new StoreInMemory());

public sealed class FreshnessInMemory() : FreshnessSpecification(new StoreInMemory());

public sealed class LatestValuesInMemory() : LatestValuesSpecification(new StoreInMemory());

public sealed class RangeInMemory() : RangeSpecification(new StoreInMemory());

public sealed class FeatureReferencesInMemory() : FeatureReferencesSpecification(new StoreInMemory());

public sealed class NamesInMemory() : NamesSpecification(new StoreInMemory());

public sealed class EmptinessInMemory() : EmptinessSpecification(new StoreInMemory());

public sealed class KeysInMemory() : KeysSpecification(new StoreInMemory());

public sealed class KnownAsOfInMemory() : KnownAsOfSpecification(new StoreInMemory());

public sealed class LookbackInMemory() : LookbackSpecification(new StoreInMemory());

public sealed class MachineZoneInMemory() : MachineZoneSpecification(new StoreInMemory());

public sealed class NullValuesInMemory() : NullValuesSpecification(new StoreInMemory());

public sealed class OutputNamesInMemory() : OutputNamesSpecification(new StoreInMemory());

public sealed class RowChoiceInMemory() : RowChoiceSpecification(new StoreInMemory());

public sealed class SeveralGroupsInMemory() : SeveralGroupsSpecification(new StoreInMemory());

public sealed class SpineInMemory() : SpineSpecification(new StoreInMemory());

public sealed class StreamingInMemory() : StreamingSpecification(new StoreInMemory());

public sealed class TimesInMemory() : TimesSpecification(new StoreInMemory());

public sealed class VisibilityInMemory() : VisibilitySpecification(new StoreInMemory());

public sealed class PassThroughInMemory() : PassThroughSpecification(new StoreInMemory());

public sealed class RefusedWritesInMemory() : RefusedWritesSpecification(new StoreInMemory());

public sealed class WideningInMemory() : WideningSpecification(new StoreInMemory());

public sealed class WriteModesInMemory() : WriteModesSpecification(new StoreInMemory());

public sealed class MergeInMemory() : MergeSpecification(new StoreInMemory());

public sealed class BackfillInMemory() : BackfillSpecification(new StoreInMemory());

public sealed class TimeTravelInMemory() : TimeTravelSpecification(new StoreInMemory());
