using System.Collections.Concurrent;
using Apache.Arrow;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Reads columns of a Parquet file into Arrow arrays of our types, whoever wrote it. Pages are decoded by Parquet.Net, as physical values; what they stand
/// for, and how they nest, is worked out here.
/// </summary>
/// <remarks>
/// Any number of callers may read at once: flat columns, which are read here, side by side, and those that Parquet.Net reads one after another, since it has
/// one position in the file. It closes the stream when it is disposed.
/// </remarks>
internal sealed class ParquetFileReader : IAsyncDisposable
{
    private readonly Stream _input;
    private readonly ParquetReader _reader;
    private readonly string _file;
    private readonly Dictionary<string, FileColumn> _columns = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(int RowGroup, string Name, LeafCodec Codec), FlatColumn?> _flat = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly SchemaElement _root;
    private readonly bool _writtenByParquetNet;

    private ParquetFileReader(Stream input, ParquetReader reader, string file)
    {
        _input = input;
        _reader = reader;
        _file = file;
        var metadata = reader.Metadata!;
        _root = metadata.Schema[0];
        _writtenByParquetNet = metadata.CreatedBy?.StartsWith("Parquet.Net", StringComparison.OrdinalIgnoreCase) ?? false;
        foreach (var (node, elements) in ParquetReadSchema.Read(metadata.Schema)) _columns.TryAdd(node.Name, new FileColumn(node, elements));
        foreach (var element in metadata.Schema.Skip(1)) PhysicalSchema.Strip(element);
    }

    /// <summary>How many row groups the file has; none where it has no rows.</summary>
    public int RowGroupCount => _reader.RowGroupCount;

    /// <summary>Reads the footer of a file.</summary>
    /// <param name="input">The file, which can seek; it now belongs to the reader.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="FeatureMaterializationException">It is no Parquet file, or a damaged one.</exception>
    public static async Task<ParquetFileReader> OpenAsync(Stream input, CancellationToken cancellationToken)
    {
        var file = input is FileStream stream ? Path.GetFileName(stream.Name) : "stream";
        try
        {
            var reader = await ParquetReader.CreateAsync(input, new ParquetOptions { TreatBigIntegersAsDates = false }, leaveStreamOpen: true, cancellationToken)
                .ConfigureAwait(false);
            return new ParquetFileReader(input, reader, file);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await input.DisposeAsync().ConfigureAwait(false);
            throw new FeatureMaterializationException($"The file '{file}' cannot be read as Parquet: {failure.Message}", failure);
        }
    }

    /// <summary>The rows of the file.</summary>
    public long RowCount => _reader.Metadata!.NumRows;

    /// <summary>The rows of a row group.</summary>
    public long RowsIn(int rowGroup) => _reader.RowGroups[rowGroup].RowCount;

    /// <summary>Whether the file has a top-level column of exactly that name.</summary>
    public bool HasColumn(string name) => _columns.ContainsKey(name);

    /// <summary>A column of one row group in the form that is read page by page; null where it is not of that form, and <see cref="ReadColumnAsync"/> reads it whole.</summary>
    public FlatColumn? FindFlat(int rowGroup, string name, DataType type)
    {
        if (_input is not FileStream file || !_columns.TryGetValue(name, out var column) || column.Node.LeafType is not { } leaf) return null;
        return LeafCodecs.Find(leaf, type) is not { } codec ? null : _flat.GetOrAdd(
            (rowGroup, name, codec),
            static (key, state) => FlatColumn.TryMake(state.file.SafeFileHandle, state.Reader.Chunk(key.RowGroup, key.Name), state.Node, key.Codec, state.Reader.RowsIn(key.RowGroup)),
            (file, column.Node, Reader: this));
    }

    /// <summary>Reads one column of one row group.</summary>
    /// <returns>An array of the one Arrow type of <paramref name="type"/>; of nothing but nulls where the file lacks the column.</returns>
    /// <exception cref="UnsupportedTableException">The file's column is of a type that cannot be read as <paramref name="type"/> without loss.</exception>
    /// <exception cref="FeatureMaterializationException">The file is damaged, or has a value that the type cannot hold.</exception>
    public async Task<IArrowArray> ReadColumnAsync(int rowGroup, string name, DataType type, CancellationToken cancellationToken)
    {
        var group = _reader.RowGroups[rowGroup];
        if (!_columns.TryGetValue(name, out var column)) return ArrowMemory.Nulls(ArrowTypes.ToArrow(type), checked((int)group.RowCount));

        var plan = ReadPlan.TryMake(column.Node, type, out var mismatch) ?? throw Mismatch(name, type, column.Node, mismatch);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var fields = Fields(column);
            var contents = new Dictionary<ParquetNode, LeafContent>();
            var levels = new Dictionary<ParquetNode, LeafLevels>();
            foreach (var leaf in plan.Leaves)
            {
                contents[leaf.Node] = await Reader(leaf.Node).ReadAsync(leaf.Codec, leaf.Type, cancellationToken).ConfigureAwait(false);
                levels[leaf.Node] = contents[leaf.Node].Levels;
            }

            foreach (var leaf in plan.All.Select(part => part.LevelLeaf).Where(leaf => !levels.ContainsKey(leaf)).Distinct().ToArray())
                levels[leaf] = await Reader(leaf).ReadLevelsAsync(cancellationToken).ConfigureAwait(false);

            var data = new ColumnAssembler(contents, levels, Damaged).Build(plan);
            return data.Length == group.RowCount
                ? ArrowArrayFactory.BuildArray(data)
                : throw Damaged($"it has {data.Length} rows and the row group {group.RowCount}");

            LeafReader Reader(ParquetNode leaf) => new(group, fields[leaf.DottedPath], leaf, Damaged);
        }
        catch (NotImplementedException failure)
        {
            // What Parquet.Net leaves out: pages of version 2 in columns with lists.
            throw new UnsupportedTableException(
                $"Column '{name}' of the file '{_file}' has data pages of version 2 within lists, which cannot be read; write it with pages of version 1.", failure);
        }
        catch (Exception failure) when (failure is not OperationCanceledException and not FeatureStoreException)
        {
            throw new FeatureMaterializationException($"Column '{name}' of the file '{_file}' cannot be read: {failure.Message}", failure);
        }
        finally
        {
            _turn.Release();
        }

        FeatureMaterializationException Damaged(string what) => new($"Column '{name}' of the file '{_file}' cannot be read as {type}: {what}.");
    }

    /// <summary>
    /// The least and the greatest value of an integer, a date (in days) or a timestamp (in microseconds) in a row group, as the file states them; false where
    /// it does not, where all values are null, or where the column is of another type.
    /// </summary>
    public bool TryGetBounds(int rowGroup, string name, out long min, out long max)
    {
        (min, max) = (0, 0);
        if (!_columns.TryGetValue(name, out var column) || column.Node.LeafType is not { } type) return false;
        return Chunk(rowGroup, name)?.MetaData is { } metadata && RowGroupBounds.TryRead(type, metadata, _writtenByParquetNet, out min, out max);
    }

    /// <summary>Throws where a column is not there, or is not stored in the form that tables of ours have: readers of other makes are to read it too.</summary>
    /// <exception cref="UnsupportedTableException">The column cannot be read as the type.</exception>
    public void CheckColumn(string name, DataType type)
    {
        if (!_columns.TryGetValue(name, out var column)) throw new UnsupportedTableException($"The file '{_file}' has no column '{name}'.");
        var plan = ReadPlan.TryMake(column.Node, type, out var mismatch) ?? throw Mismatch(name, type, column.Node, mismatch);
        if (plan.Leaves.FirstOrDefault(leaf => leaf.Type.Kind == DataTypeKind.Timestamp && leaf.Codec != LeafCodec.Int64) is { } other)
            throw new UnsupportedTableException($"Column '{name}' of the file '{_file}' has times as {other.Node.LeafType}; let the engine write them as TIMESTAMP_MICROS.");
    }

    /// <summary>What the footer says of a column; null where it does not count the nulls, or the column is nested.</summary>
    public ParquetColumnStatistics? FindStatistics(string name)
    {
        if (!_columns.TryGetValue(name, out var column) || column.Node.LeafType is not { } type) return null;
        var summary = new ColumnSummary();
        for (var rowGroup = 0; rowGroup < RowGroupCount; rowGroup++)
        {
            if (Chunk(rowGroup, name)?.MetaData is not { Statistics: { NullCount: { } nulls } stated } chunk) return null;
            summary.Add(nulls, chunk.NumValues - nulls, StatedBounds.Read(type, stated));
        }

        return summary.ToStatistics(name);
    }

    /// <summary>The bounds of each page of a column that <see cref="FindFlat"/> finds, of the types that <see cref="TryGetBounds"/> tells; null where the file does not state them.</summary>
    public IReadOnlyList<PageBounds>? FindPageBounds(int rowGroup, string name, DataType type)
    {
        if (FindFlat(rowGroup, name, type) is not { Pages: { } pages } flat || _columns[name].Node.LeafType is not { } leaf) return null;
        if (flat.ReadColumnIndex() is not { } stated || stated.Count != pages.Count) return null;
        var bounds = new PageBounds[stated.Count];
        for (var page = 0; page < bounds.Length; page++)
        {
            if (stated[page] is not var (least, greatest)) bounds[page] = PageBounds.Empty;
            else if (RowGroupBounds.TryRead(leaf, least, greatest, _writtenByParquetNet, out var min, out var max)) bounds[page] = new PageBounds(min, max);
            else return null;
        }

        return bounds;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _turn.Dispose();
        await _reader.DisposeAsync().ConfigureAwait(false);
        await _input.DisposeAsync().ConfigureAwait(false);
    }

    private Parquet.Meta.ColumnChunk? Chunk(int rowGroup, string name) =>
        _reader.RowGroups[rowGroup].RowGroup.Columns.FirstOrDefault(chunk => chunk.MetaData?.PathInSchema is [var only] && only == name);

    /// <summary>
    /// Parquet.Net's fields for the leaves of a column. It sees a schema of that column alone, so that one which it does not understand spoils no other; and
    /// the levels that it finds must be ours.
    /// </summary>
    private Dictionary<string, DataField> Fields(FileColumn column)
    {
        if (column.Fields is { } known) return known;
        _root.NumChildren = 1;
        _reader.Metadata!.Schema = [_root, .. column.Elements];
        var fields = _reader.Schema.GetDataFields().ToDictionary(field => string.Join('.', field.Path.ToList()));
        foreach (var leaf in column.Node.Leaves)
        {
            if (!fields.TryGetValue(leaf.DottedPath, out var field) || field.MaxDefinitionLevel != leaf.Definition || field.MaxRepetitionLevel != leaf.SlotRepetition)
                throw new UnsupportedTableException($"Column '{column.Node.Name}' of the file '{_file}' nests in a way that cannot be read, at '{leaf.DottedPath}'.");
        }

        return column.Fields = fields;
    }

    private UnsupportedTableException Mismatch(string name, DataType type, ParquetNode root, (ParquetNode Node, DataType Type) mismatch)
    {
        var found = mismatch.Node.LeafType?.ToString() ?? mismatch.Node.Kind.ToString().ToUpperInvariant();
        var where = ReferenceEquals(mismatch.Node, root) ? "" : $" at '{mismatch.Node.DottedPath}', where {mismatch.Type} is wanted";
        return new UnsupportedTableException($"Column '{name}' of the file '{_file}' cannot be read as {type}: the file has {found}{where}.");
    }

    private sealed class FileColumn(ParquetNode node, IReadOnlyList<SchemaElement> elements)
    {
        public ParquetNode Node => node;

        public IReadOnlyList<SchemaElement> Elements => elements;

        public Dictionary<string, DataField>? Fields { get; set; }
    }
}
