using System.Diagnostics.CodeAnalysis;
using Apache.Arrow;
using Parquet;
using Parquet.Schema;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// Large tables on their way to Spark as Parquet files in a folder that both sides see, so that no message carries them and the driver never holds them. The files are
/// gone with the plan.
/// </summary>
/// <param name="folder">The folder; null where there is none.</param>
/// <param name="leastRows">Smaller tables are there sooner by message.</param>
internal sealed class SharedFiles(string? folder, long leastRows) : IDisposable
{
    /// <summary>Spark reads a file by several tasks only where it has several groups of rows.</summary>
    private const int RowsPerGroup = 1 << 17;

    private readonly List<string> _paths = [];

    public bool Takes(long rows, Schema schema) => folder is not null && rows >= leastRows && schema.FieldsList.All(field => ArrowTypes.FromArrow(field.DataType) is { } type && IsFlat(type));

    /// <summary>Writes batches to a file.</summary>
    /// <returns>The file's rows, with the columns in their types.</returns>
    public async Task<ParquetRelation> WriteAsync(Schema schema, IEnumerable<RecordBatch> batches, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder!);
        var path = Path.Combine(Path.GetFullPath(folder!), $"tauro-{Guid.NewGuid():N}.parquet");
        _paths.Add(path);
        (string Name, DataType Type)[] columns = [.. schema.FieldsList.Select(field => (field.Name, ArrowTypes.FromArrow(field.DataType)!))];
        var stored = new ParquetSchema(columns.Select(column => ToField(column.Name, column.Type)));
        var output = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        await using (output.ConfigureAwait(false))
        {
            var options = new ParquetOptions { CompressionMethod = CompressionMethod.Snappy };
            var writer = await ParquetWriter.CreateAsync(stored, output, options, cancellationToken: cancellationToken).ConfigureAwait(false);
            await using (writer.ConfigureAwait(false))
            {
                foreach (var batch in batches)
                {
                    for (var first = 0; first < batch.Length; first += RowsPerGroup)
                    {
                        using var rows = batch.SliceShared(first, Math.Min(RowsPerGroup, batch.Length - first));
                        using var group = writer.CreateRowGroup();
                        for (var i = 0; i < columns.Length; i++) await WriteAsync(group, stored.DataFields[i], columns[i].Type, rows.Column(i), cancellationToken).ConfigureAwait(false);
                    }
                }
            }
        }

        return ToRelation(path, columns);
    }

    public void Dispose()
    {
        foreach (var path in _paths) File.Delete(path);
    }

    private static bool IsFlat(DataType type) => type.Kind is not (DataTypeKind.Array or DataTypeKind.Map or DataTypeKind.Struct or DataTypeKind.Decimal);

    /// <summary>Times travel as whole numbers, which mean the same to every reader.</summary>
    private static DataField ToField(string name, DataType type) => type.Kind switch
    {
        DataTypeKind.Int or DataTypeKind.Date => new DataField(name, typeof(int), isNullable: true),
        DataTypeKind.BigInt or DataTypeKind.Timestamp => new DataField(name, typeof(long), isNullable: true),
        DataTypeKind.Float => new DataField(name, typeof(float), isNullable: true),
        DataTypeKind.Double => new DataField(name, typeof(double), isNullable: true),
        DataTypeKind.Boolean => new DataField(name, typeof(bool), isNullable: true),
        DataTypeKind.String => new DataField(name, typeof(string), isNullable: true),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static Task WriteAsync(ParquetRowGroupWriter group, DataField field, DataType type, IArrowArray array, CancellationToken cancellationToken) => type.Kind switch
    {
        DataTypeKind.Int or DataTypeKind.Date => group.WriteAsync<int>(field, Values<int>(array), cancellationToken: cancellationToken),
        DataTypeKind.BigInt or DataTypeKind.Timestamp => group.WriteAsync<long>(field, Values<long>(array), cancellationToken: cancellationToken),
        DataTypeKind.Float => group.WriteAsync<float>(field, Values<float>(array), cancellationToken: cancellationToken),
        DataTypeKind.Double => group.WriteAsync<double>(field, Values<double>(array), cancellationToken: cancellationToken),
        DataTypeKind.Boolean => group.WriteAsync<bool>(field, Booleans((BooleanArray)array), cancellationToken: cancellationToken),
        _ => group.WriteAsync(field, Texts((StringArray)array)),
    };

    private static ReadOnlyMemory<T?> Values<T>(IArrowArray array) where T : unmanaged
    {
        var validity = ArrowMemory.ValidityBits(array.Data);
        var values = ArrowMemory.Values<T>(array);
        var nullable = new T?[values.Length];
        for (var i = 0; i < values.Length; i++)
            if (ArrowMemory.IsValid(validity, array.Data, i)) nullable[i] = values[i];
        return nullable;
    }

    private static ReadOnlyMemory<bool?> Booleans(BooleanArray array) => Enumerable.Range(0, array.Length).Select(array.GetValue).ToArray();

    [SuppressMessage("Performance", "CA1859", Justification = "It is what the writer takes.")]
    private static IReadOnlyCollection<string?> Texts(StringArray array) => [.. Enumerable.Range(0, array.Length).Select(i => array.GetString(i))];

    /// <summary>What is known of the file's columns Spark need not start a job for.</summary>
    private static ParquetRelation ToRelation(string path, IReadOnlyList<(string Name, DataType Type)> columns) =>
        new([path], [.. columns.Select(Expression)]) { Columns = [.. columns.Select(column => new PlanColumn(column.Name, Stored(column.Type)))] };

    private static DataType Stored(DataType type) => type.Kind switch
    {
        DataTypeKind.Timestamp => DataType.BigInt,
        DataTypeKind.Date => DataType.Int,
        _ => type,
    };

    private static string Expression((string Name, DataType Type) column)
    {
        var name = SparkDialect.Instance.Identifier(column.Name);
        return column.Type.Kind switch
        {
            DataTypeKind.Timestamp => $"timestamp_micros({name}) AS {name}",
            DataTypeKind.Date => $"date_from_unix_date({name}) AS {name}",
            _ => name,
        };
    }
}
