namespace AiGateway.Insights;

/// <summary>Cuts one row more than asked for into a page that knows whether there is another.</summary>
internal static class Paging
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    public static Page<TView> Of<TRow, TView>(IReadOnlyList<TRow> rows, int limit, Func<TRow, TView> view, Func<TRow, string> key) =>
        new([.. rows.Take(limit).Select(view)], rows.Count > limit, rows.Count > limit ? key(rows[limit - 1]) : null);
}
