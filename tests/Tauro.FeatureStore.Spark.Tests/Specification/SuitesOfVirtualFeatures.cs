using Tauro.FeatureStore.Spark.Tests;

namespace Tauro.FeatureStore.Specification;

// Every suite of the specification, on virtual features that Spark computes.

public sealed class GeneratedCasesOfVirtualFeaturesOnSpark(SparkServer server) : GeneratedCasesSpecification(new VirtualOnSpark(server));

public sealed class EveryEntityOfVirtualFeaturesOnSpark(SparkServer server) : EveryEntitySpecification(new VirtualOnSpark(server));

public sealed class FreshnessOfVirtualFeaturesOnSpark(SparkServer server) : FreshnessSpecification(new VirtualOnSpark(server));

public sealed class LatestValuesOfVirtualFeaturesOnSpark(SparkServer server) : LatestValuesSpecification(new VirtualOnSpark(server));

public sealed class RangeOfVirtualFeaturesOnSpark(SparkServer server) : RangeSpecification(new VirtualOnSpark(server));

public sealed class FeatureReferencesOfVirtualFeaturesOnSpark(SparkServer server) : FeatureReferencesSpecification(new VirtualOnSpark(server));

public sealed class NamesOfVirtualFeaturesOnSpark(SparkServer server) : NamesSpecification(new VirtualOnSpark(server));

public sealed class EmptinessOfVirtualFeaturesOnSpark(SparkServer server) : EmptinessSpecification(new VirtualOnSpark(server));

public sealed class KeysOfVirtualFeaturesOnSpark(SparkServer server) : KeysSpecification(new VirtualOnSpark(server));

public sealed class KnownAsOfOfVirtualFeaturesOnSpark(SparkServer server) : KnownAsOfSpecification(new VirtualOnSpark(server));

public sealed class LookbackOfVirtualFeaturesOnSpark(SparkServer server) : LookbackSpecification(new VirtualOnSpark(server));

public sealed class MachineZoneOfVirtualFeaturesOnSpark(SparkServer server) : MachineZoneSpecification(new VirtualOnSpark(server));

public sealed class NullValuesOfVirtualFeaturesOnSpark(SparkServer server) : NullValuesSpecification(new VirtualOnSpark(server));

public sealed class OutputNamesOfVirtualFeaturesOnSpark(SparkServer server) : OutputNamesSpecification(new VirtualOnSpark(server));

public sealed class RowChoiceOfVirtualFeaturesOnSpark(SparkServer server) : RowChoiceSpecification(new VirtualOnSpark(server));

public sealed class SeveralGroupsOfVirtualFeaturesOnSpark(SparkServer server) : SeveralGroupsSpecification(new VirtualOnSpark(server));

public sealed class SpineOfVirtualFeaturesOnSpark(SparkServer server) : SpineSpecification(new VirtualOnSpark(server));

public sealed class StreamingOfVirtualFeaturesOnSpark(SparkServer server) : StreamingSpecification(new VirtualOnSpark(server));

public sealed class TimesOfVirtualFeaturesOnSpark(SparkServer server) : TimesSpecification(new VirtualOnSpark(server));

public sealed class VisibilityOfVirtualFeaturesOnSpark(SparkServer server) : VisibilitySpecification(new VirtualOnSpark(server));

public sealed class PassThroughOfVirtualFeaturesOnSpark(SparkServer server) : PassThroughSpecification(new VirtualOnSpark(server));
