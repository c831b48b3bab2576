using AiGateway.Insights;

namespace AiGateway.Api;

/// <summary>GET /gateway/v1/usage?from&amp;to&amp;action_type: what the user used, by day and by action.</summary>
internal static class UserUsageApi
{
    public static async Task<IResult> SumAsync(HttpContext context, UserUsageReader usage, string? from, string? to, string? action_type, CancellationToken cancel)
    {
        if (!Days.TryRead(from, out var start) || !Days.TryRead(to, out var end))
            return Problems.Invalid("from and to must be days, such as 2027-01-31.");
        var (first, last) = usage.Span(start, end);
        return UserUsageReader.Check(first, last) is { } why
            ? Problems.Invalid(why)
            : Results.Ok(await usage.OfAsync(CallerAccess.User(context), first, last, string.IsNullOrEmpty(action_type) ? null : action_type, cancel));
    }
}
