using System.Globalization;
using AiGateway.Insights;

namespace AiGateway.Api;

/// <summary>GET /gateway/v1/usage?from&amp;to&amp;action_type: what the user used, by day and by action.</summary>
internal static class UserUsageApi
{
    private const string DayForm = "yyyy-MM-dd";

    public static async Task<IResult> SumAsync(HttpContext context, UserUsageReader usage, string? from, string? to, string? action_type, CancellationToken cancel)
    {
        if (!TryDay(from, out var start) || !TryDay(to, out var end))
            return Problems.Invalid("from and to must be days, such as 2027-01-31.");
        var (first, last) = usage.Span(start, end);
        return UserUsageReader.Check(first, last) is { } why
            ? Problems.Invalid(why)
            : Results.Ok(await usage.OfAsync(CallerAccess.User(context), first, last, string.IsNullOrEmpty(action_type) ? null : action_type, cancel));
    }

    private static bool TryDay(string? text, out DateOnly? day)
    {
        day = null;
        if (string.IsNullOrEmpty(text))
            return true;
        if (!DateOnly.TryParseExact(text, DayForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed))
            return false;
        day = parsed;
        return true;
    }
}
