using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore;

public sealed partial class CompositeFeatureStore
{
    /// <summary>
    /// Computes virtual features and writes them to a table: the rows of a range of event times replace those that the table had there. Rows go from the engine to the
    /// files as a stream, and are never all in memory; an engine that sees the table's folder writes the files itself, and they do not come here at all.
    /// </summary>
    /// <remarks>
    /// Without <see cref="MaterializationOptions.Every"/> the rows are those of the group's one definition, which returns the event time. With it, every entity is computed
    /// at each of these moments, which is then the event time of its row; that needs definitions that answer past moments.
    /// </remarks>
    /// <param name="featureGroup">The group with the definitions, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="from">The first moment of the range.</param>
    /// <param name="to">The first moment after the range.</param>
    /// <param name="options">Where rows go, and in which steps; null to write the whole range to the group's own table at once.</param>
    /// <param name="progress">Told as rows come and after each step; null for none.</param>
    /// <param name="cancellationToken">Stops the engine and the write; the steps that are done stay.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range ends before it begins.</exception>
    /// <exception cref="FeatureGroupNotFoundException">A group is not registered.</exception>
    /// <exception cref="FeatureNotFoundException">The group has no definitions.</exception>
    /// <exception cref="SchemaValidationException">
    /// The definitions cannot answer a range, the table has features that they do not compute, or a row breaks a rule of the table's schema.
    /// </exception>
    /// <exception cref="VirtualizationQueryException">The engine failed in a query.</exception>
    public async Task<BackfillProgress> MaterializeAsync(
        string featureGroup, DateTimeOffset from, DateTimeOffset to, MaterializationOptions? options = null, IProgress<BackfillProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, to);
        options ??= new MaterializationOptions();
        var (source, target, features) = await FindMaterializedAsync(featureGroup, options, cancellationToken).ConfigureAwait(false);
        if (options.Every is null) CheckRange(source);
        var step = options.Step ?? to - from;
        var walk = new BackfillWalk(_materialized, target.QualifiedName, options.Name, progress);
        return await walk.RunAsync(from, to, step > TimeSpan.Zero ? step : TimeSpan.FromTicks(1), async (range, write, token) =>
        {
            if (options.Every is null && await WriteByEngineAsync(features, target, range, write, token).ConfigureAwait(false) is { } written) return written;
            var rows = options.Every is { } every
                ? SnapshotsAsync(features, target, MomentsOf(from, range, every), token)
                : _virtualized.StreamFeaturesAsync(FeatureRequest.ForRange(features, range), token);
            return await _materialized.WriteFeaturesAsync(target.QualifiedName, walk.Report(rows, token), write, token).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Computes virtual features of every entity as of now and adds them to a table, with now as their event time; in a static group they replace what was there. Any kind of
    /// definition can answer that.
    /// </summary>
    /// <param name="featureGroup">The group with the definitions, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="options">Where rows go, and the name by which a repeated run is known; null for the group's own table.</param>
    /// <param name="cancellationToken">Stops the engine and the write; nothing is written then.</param>
    /// <exception cref="FeatureStoreException">As for <see cref="MaterializeAsync"/>.</exception>
    public async Task<WriteResult> MaterializeNowAsync(string featureGroup, MaterializationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new MaterializationOptions();
        var (_, target, features) = await FindMaterializedAsync(featureGroup, options, cancellationToken).ConfigureAwait(false);
        var write = new WriteOptions { Mode = target.IsStatic ? WriteMode.Overwrite : WriteMode.Append, TransactionId = options.Name };
        if (options.Name is { } name && await _materialized.HasTransactionAsync(target.QualifiedName, name, cancellationToken).ConfigureAwait(false))
            features = [];
        return await _materialized.WriteFeaturesAsync(target.QualifiedName, SnapshotsAsync(features, target, [null], cancellationToken), write, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(FeatureGroupSchema Source, FeatureGroupSchema Target, FeatureReference[] Features)> FindMaterializedAsync(
        string featureGroup, MaterializationOptions options, CancellationToken cancellationToken)
    {
        var (name, version) = GroupName.Parse(featureGroup);
        await Metadata.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var source = Metadata.GetFeatureGroup(name, version);
        var target = source;
        if (options.Target is { } other)
        {
            var (otherName, otherVersion) = GroupName.Parse(other);
            target = Metadata.GetFeatureGroup(otherName, otherVersion);
        }

        var computed = await _virtualized.FindServedAsync(source, cancellationToken).ConfigureAwait(false);
        if (computed.Count == 0)
            throw new FeatureNotFoundException($"The group '{source.QualifiedName}' has no virtual features to compute. Define them first.") { FeatureGroup = source.Name };
        if (target.Features.FirstOrDefault(feature => !computed.Contains(feature.Name, StringComparer.OrdinalIgnoreCase)) is { } missing)
            throw new SchemaValidationException(
                $"Whole rows of '{target.QualifiedName}' are written, and no definition of '{source.QualifiedName}' computes its feature '{missing.Name}', which would become null. Define it, or name a Target group without it.")
            {
                FeatureGroup = target.Name,
                Column = missing.Name,
            };
        return (source, target, [.. target.Features.Select(feature => new FeatureReference(feature.Name, source.Name, source.Version))]);
    }

    /// <summary>Rows of two definitions are never mixed, and rows without an event time have no place in a range.</summary>
    private void CheckRange(FeatureGroupSchema source)
    {
        var definitions = Metadata.GetVirtualDefinitions(source.Name, source.Version);
        var why = definitions is not [var only] ? "has several definitions, whose rows have event times of their own"
            : only.TimestampColumn is null || only.UsesAsOf ? "has a definition whose rows have no event time of their own"
            : null;
        if (why is not null)
            throw new SchemaValidationException(
                $"The group '{source.QualifiedName}' {why}, so its rows cannot be written as they are. Set {nameof(MaterializationOptions)}.{nameof(MaterializationOptions.Every)} to compute every entity at moments of the range, or define all features by one query that returns the event time.")
            {
                FeatureGroup = source.Name,
            };
    }

    /// <summary>Lets the engine write the rows of a range itself; null where it cannot.</summary>
    private async Task<WriteResult?> WriteByEngineAsync(
        FeatureReference[] features, FeatureGroupSchema target, TimeRange range, WriteOptions write, CancellationToken cancellationToken)
    {
        if (_virtualized.FileWriter is not { } writer || features.Length == 0) return null;
        var plan = await _virtualized.PlanRangeAsync(FeatureRequest.ForRange(features, range), cancellationToken).ConfigureAwait(false);
        return await _materialized.WriteFilesAsync(target.QualifiedName, plan, writer, write, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The moments of a range, counted from the beginning of all ranges.</summary>
    private static IEnumerable<DateTimeOffset?> MomentsOf(DateTimeOffset first, TimeRange range, TimeSpan every)
    {
        var past = (range.From - first).Ticks;
        for (var moment = first + TimeSpan.FromTicks((past + every.Ticks - 1) / every.Ticks * every.Ticks); moment < range.To; moment += every) yield return moment;
    }

    /// <summary>The features of every entity at moments, null for now, as rows of a table.</summary>
    private async IAsyncEnumerable<RecordBatch> SnapshotsAsync(
        FeatureReference[] features, FeatureGroupSchema target, IEnumerable<DateTimeOffset?> moments, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (features.Length == 0) yield break;
        foreach (var moment in moments)
        {
            var time = UtcTime.FromDateTimeOffset(moment ?? Context.TimeProvider.GetUtcNow());
            await foreach (var batch in _virtualized.StreamFeaturesAsync(FeatureRequest.ForEveryEntity(features, moment), cancellationToken).ConfigureAwait(false))
                yield return target.TimestampKey is null ? batch : WithTime(batch, target, time);
        }
    }

    private static RecordBatch WithTime(RecordBatch batch, FeatureGroupSchema target, long time)
    {
        var isDate = target.TimestampType.Kind == DataTypeKind.Date;
        if (isDate && time % UtcTime.MicrosecondsPerDay != 0)
            throw new SchemaValidationException(
                $"The event time '{target.TimestampKey}' of '{target.QualifiedName}' is a DATE, which is midnight in UTC, and what is computed later in the day must not stand there. Compute at midnights: let the range begin at one, and Every be whole days.")
            {
                FeatureGroup = target.Name,
                Column = target.TimestampKey,
            };
        var type = ArrowTypes.ToArrow(target.TimestampType);
        var times = isDate ? ArrowMemory.Repeat((int)(time / UtcTime.MicrosecondsPerDay), type, batch.Length) : ArrowMemory.Repeat(time, type, batch.Length);
        return new RecordBatch(new Schema([.. batch.Schema.FieldsList, ArrowTypes.ToField(target.TimestampKey!, target.TimestampType)], null), [.. batch.Arrays, times], batch.Length);
    }
}
