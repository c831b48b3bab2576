using System.Globalization;

namespace AiGateway.Pages;

/// <summary>How figures and times are written for people. Times are UTC.</summary>
internal static class Formats
{
    private static readonly CultureInfo English = CultureInfo.InvariantCulture;

    private static readonly (long Unit, string Sign)[] Units = [(1_000_000_000_000, "T"), (1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")];

    /// <summary>"4,234,567".</summary>
    public static string Tokens(long tokens) => tokens.ToString("N0", English);

    /// <summary>"+5,000,000" or "−3,870": what a movement did to a balance.</summary>
    public static string Change(long tokens) => tokens > 0 ? "+" + Tokens(tokens) : tokens < 0 ? "\u2212" + Tokens(tokens)[1..] : "0";

    /// <summary>"4.2M": one place, cut and not rounded, so that it never shows more than there is.</summary>
    public static string Compact(long tokens)
    {
        var size = Int128.Abs(tokens);
        foreach (var (unit, sign) in Units)
            if (size >= unit)
                return string.Create(English, $"{(tokens < 0 ? "-" : "")}{(decimal)(size * 10 / unit) / 10:0.#}{sign}");
        return tokens.ToString(English);
    }

    /// <summary>"12 Mar 2027".</summary>
    public static string Day(DateTime at) => at.ToString("d MMM yyyy", English);

    public static string Day(DateOnly day) => day.ToString("d MMM yyyy", English);

    /// <summary>"12 Mar".</summary>
    public static string ShortDay(DateOnly day) => day.ToString("d MMM", English);

    /// <summary>"12 Mar 2027, 09:30".</summary>
    public static string Time(DateTime at) => at.ToString("d MMM yyyy, HH:mm", English);

    /// <summary>For a time element's datetime, and for programs.</summary>
    public static string Iso(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", English);

    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", English);

    /// <summary>"$15", or "$15.50".</summary>
    public static string Usd(long cents) => cents % 100 == 0 ? "$" + (cents / 100).ToString("N0", English) : "$" + (cents / 100m).ToString("N2", English);

    /// <summary>The share of the whole, 0 to 100; a whole of nothing is all gone.</summary>
    public static int Percent(long part, long whole) => whole <= 0 || part <= 0 ? 0 : (int)Int128.Min(100, (Int128)part * 100 / whole);

    /// <summary>"3 calls", "1 call".</summary>
    public static string Count(long count, string one, string many) => $"{Tokens(count)} {(count == 1 ? one : many)}";
}
