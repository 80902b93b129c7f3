namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>How the rows of a spine spread over their keys.</summary>
internal static class SpineKeys
{
    /// <summary>Whether no key stands in more rows than so many. Keys that fall together by chance are counted as one, so now and then the answer is no where it could be yes.</summary>
    public static bool AreSpread(FeatureTable spine, IReadOnlyList<KeyMatch> keys, int mostRows)
    {
        if (spine.RowCount <= mostRows) return true;
        var counts = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(2 * spine.RowCount, 1 << 28))];
        foreach (var batch in spine.Batches)
        {
            var columns = KeyColumns.Of([.. keys.Select(key => batch.Column(spine.PositionOf(key.SpineColumn)))], [.. keys.Select(key => key.Type)]);
            for (var i = 0; i < batch.Length; i++)
                if (!columns.HasNull(i) && ++counts[(int)(HashOf(columns.Hash(i)) & (uint)(counts.Length - 1))] > mostRows) return false;
        }

        return true;
    }

    /// <summary>A hash whose last bits depend on all of them.</summary>
    private static uint HashOf(int hash) => unchecked(((uint)hash * 0x9E3779B1u) ^ (((uint)hash * 0x9E3779B1u) >> 15));
}
