namespace AiGateway.ConfigFiles;

/// <summary>Finds what somebody probably meant to type.</summary>
internal static class DidYouMean
{
    /// <summary>A sentence to append to an error, e.g. <c>; did you mean "Kind"?</c>; empty where nothing comes near.</summary>
    public static string Hint(string typed, IEnumerable<string> known) =>
        Nearest(typed, known) is { } nearest ? $"; did you mean \"{nearest}\"?" : "";

    /// <summary>As <see cref="Hint"/>, or the whole list where nothing comes near.</summary>
    public static string HintOrList(string typed, IReadOnlyCollection<string> known) =>
        Hint(typed, known) is { Length: > 0 } hint ? hint : $"; known: {string.Join(", ", known)}";

    /// <summary>The known word with the fewest edits to the typed one, case aside; null where more than a third would have to change.</summary>
    public static string? Nearest(string typed, IEnumerable<string> known)
    {
        var best = known.Select(word => (word, edits: Edits(typed, word))).OrderBy(pair => pair.edits).FirstOrDefault();
        return best.word is not null && best.edits <= Math.Max(2, best.word.Length / 3) && best.edits < best.word.Length ? best.word : null;
    }

    /// <summary>How many characters to insert, delete, replace or swap with their neighbour to get from one word to the other.</summary>
    public static int Edits(string from, string to)
    {
        var (a, b) = (from.ToLowerInvariant(), to.ToLowerInvariant());
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
                rows[i, j] = Cheapest(rows, a, b, i, j);
        return rows[a.Length, b.Length];
    }

    private static int Cheapest(int[,] rows, string a, string b, int i, int j)
    {
        var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
        var best = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
        var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return swapped ? Math.Min(best, rows[i - 2, j - 2] + 1) : best;
    }
}
