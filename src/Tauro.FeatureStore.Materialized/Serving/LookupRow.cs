using System.Runtime.InteropServices;
using Tauro.FeatureStore.Materialized;

namespace Tauro.FeatureStore;

/// <summary>The values of one entity from a <see cref="FeatureLookup"/>, as they were at the moment of the call.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct LookupRow
{
    private readonly LookupState _state;
    private readonly int _row;
    private readonly int[]? _rows;

    /// <summary>Of one group: the row stands in the struct itself.</summary>
    internal LookupRow(LookupState state, int row) => (_state, _row) = (state, row);

    /// <summary>Of several groups, a row each.</summary>
    internal LookupRow(LookupState state, int[] rows) => (_state, _row, _rows) = (state, LatestRows.None, rows);

    /// <summary>Whether some group has a row for the entity.</summary>
    public bool IsFound => _rows is null ? _row != LatestRows.None : _rows.AsSpan().ContainsAnyExcept(LatestRows.None);

    /// <summary>The value of a feature; null, where <typeparamref name="T"/> can be, if there is none.</summary>
    /// <typeparam name="T">A CLR type that holds the feature's type, such as <c>double?</c>.</typeparam>
    /// <param name="feature">The feature's place among <see cref="FeatureLookup.FeatureNames"/>.</param>
    /// <exception cref="InvalidOperationException">There is no value, and the type has no null.</exception>
    /// <exception cref="SchemaValidationException">The type does not hold the feature's.</exception>
    public T Get<T>(int feature)
    {
        var column = _state.Columns[feature];
        return column.Read<T>(_rows is null ? _row : _rows[column.Group]);
    }

    /// <summary>The value of a feature; null, where <typeparamref name="T"/> can be, if there is none.</summary>
    /// <typeparam name="T">A CLR type that holds the feature's type, such as <c>double?</c>.</typeparam>
    /// <param name="feature">The feature's output name, without regard to case.</param>
    /// <exception cref="FeatureNotFoundException">The lookup has no such feature.</exception>
    /// <exception cref="InvalidOperationException">There is no value, and the type has no null.</exception>
    /// <exception cref="SchemaValidationException">The type does not hold the feature's.</exception>
    public T Get<T>(string feature) => Get<T>(_state.PlaceOf(feature));
}
