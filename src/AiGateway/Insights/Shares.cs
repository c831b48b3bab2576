namespace AiGateway.Insights;

/// <summary>Arithmetic of figures that people read: rounded once, and never a share of nothing.</summary>
internal static class Shares
{
    /// <summary>Rounded half up.</summary>
    /// <param name="count">Above zero.</param>
    public static long Average(long sum, long count) => (long)((2 * (Int128)sum + count) / (2 * (Int128)count));

    /// <summary>In percent, to two places.</summary>
    /// <returns>Null: there is nothing to have a share of.</returns>
    public static decimal? Percent(decimal part, decimal whole) => whole <= 0 ? null : decimal.Round(part * 100 / whole, 2, MidpointRounding.AwayFromZero);

    public static DateTime StartOfMonth(DateTime at) => new(at.Year, at.Month, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Weeks begin on Monday, UTC.</summary>
    public static DateTime StartOfWeek(DateTime at) => at.Date.AddDays(-(((int)at.DayOfWeek + 6) % 7));
}
