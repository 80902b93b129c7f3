using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The row groups of Parquet files. Files stay open for the time of a read, so that a clean-up of the table does not take them away.</summary>
internal sealed class ParquetRowSource : RowSource
{
    private const int BufferSize = 1 << 16;

    private readonly List<ParquetFileReader> _files = [];
    private readonly List<(ParquetFileReader File, int RowGroup)> _rowGroups = [];
    private readonly List<RowChunk> _chunks = [];

    private ParquetRowSource()
    {
    }

    public override IReadOnlyList<RowChunk> Chunks => _chunks;

    public static async Task<ParquetRowSource> OpenAsync(ParquetSource source, CancellationToken cancellationToken)
    {
        var rows = new ParquetRowSource();
        try
        {
            foreach (var file in source.Files) await rows.AddAsync(file, cancellationToken).ConfigureAwait(false);
            return rows;
        }
        catch
        {
            await rows.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override Task<IArrowArray> ReadAsync(int chunk, PlanColumn column, CancellationToken cancellationToken)
    {
        var (file, rowGroup) = _rowGroups[chunk];
        return file.ReadColumnAsync(rowGroup, column.Name, column.Type, cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var file in _files) await file.DisposeAsync().ConfigureAwait(false);
    }

    private async Task AddAsync(ParquetSourceFile file, CancellationToken cancellationToken)
    {
        var reader = await ParquetFileReader.OpenAsync(Open(file.Path), cancellationToken).ConfigureAwait(false);
        _files.Add(reader);
        for (var rowGroup = 0; rowGroup < reader.RowGroupCount; rowGroup++)
        {
            _rowGroups.Add((reader, rowGroup));
            _chunks.Add(new RowChunk(checked((int)reader.RowsIn(rowGroup)), file.CreatedTime));
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferSize, FileOptions.Asynchronous | FileOptions.RandomAccess);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FeatureMaterializationException($"The data file '{path}', which the table's log names, cannot be opened: {failure.Message}", failure);
        }
    }
}
