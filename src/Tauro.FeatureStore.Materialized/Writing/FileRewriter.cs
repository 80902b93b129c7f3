namespace Tauro.FeatureStore.Materialized;

/// <summary>Takes rows out of stored files: what stays of a file is written anew, each row with the created time and the write sequence that it had.</summary>
internal sealed class FileRewriter(IFileStorage storage, string folder, IReadOnlyList<StoredColumn> columns)
{
    /// <summary>Finds the rows of an open file that stay: of each row group their places, or null where all do.</summary>
    public delegate Task<int[]?[]> Choice(StoredFileReader file, CancellationToken cancellationToken);

    /// <summary>Looks at some files, and rewrites those of which rows go.</summary>
    /// <param name="candidates">Files that may have rows that go.</param>
    /// <param name="choose">Finds the rows that stay.</param>
    /// <param name="files">Where the new files go.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The files of which rows go. Of their rows, those that stay are in the new files.</returns>
    public async Task<IReadOnlyList<DeltaFile>> RewriteAsync(IReadOnlyList<DeltaFile> candidates, Choice choose, NewFiles files, CancellationToken cancellationToken)
    {
        var removed = new bool[candidates.Count];
        var written = new DeltaNewFile?[candidates.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, candidates.Count), options, async (i, token) =>
            {
                var file = await StoredFileReader.OpenAsync(storage, folder, candidates[i], token).ConfigureAwait(false);
                await using var opened = file.ConfigureAwait(false);
                var kept = await choose(file, token).ConfigureAwait(false);
                removed[i] = kept.Any(places => places is not null);
                if (removed[i]) written[i] = await WriteAsync(file, candidates[i].Run, kept, token).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        finally
        {
            foreach (var file in written)
                if (file is not null) files.Add(file);
        }

        return [.. candidates.Where((_, i) => removed[i])];
    }

    private async Task<DeltaNewFile?> WriteAsync(StoredFileReader file, string? run, int[]?[] kept, CancellationToken cancellationToken)
    {
        if (kept.All(places => places is { Length: 0 })) return null;
        var rewritten = await DataFile.CreateAsync(storage, folder, columns, mixesCommits: true, cancellationToken).ConfigureAwait(false);
        await using var opened = rewritten.ConfigureAwait(false);
        for (var rowGroup = 0; rowGroup < kept.Length; rowGroup++)
        {
            var places = kept[rowGroup] ?? [.. Enumerable.Range(0, file.RowsIn(rowGroup))];
            if (places.Length == 0) continue;
            using var rows = await file.TakeAsync(rowGroup, places, columns, cancellationToken).ConfigureAwait(false);
            await rewritten.AddAsync(rows, cancellationToken).ConfigureAwait(false);
        }

        return await rewritten.CompleteAsync(run, cancellationToken).ConfigureAwait(false);
    }
}
