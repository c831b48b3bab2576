using System.Globalization;

namespace AiGateway.Insights;

/// <summary>Days as addresses and forms write them: 2027-01-31.</summary>
internal static class Days
{
    private const string Form = "yyyy-MM-dd";

    /// <returns>Null: nothing is written there, or something else.</returns>
    public static DateOnly? Read(string? text) =>
        DateOnly.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <param name="day">Null: nothing is written there.</param>
    /// <returns>False: something is, and it is no day.</returns>
    public static bool TryRead(string? text, out DateOnly? day)
    {
        day = Read(text);
        return day is not null || string.IsNullOrEmpty(text);
    }
}
