using System.Globalization;
using AiGateway.Insights;

namespace AiGateway.Api;

/// <summary>What every list understands: limit, after, from, to.</summary>
internal static class Listing
{
    /// <returns>An error, or a limit that is in range.</returns>
    public static (int Limit, IResult? Problem) Limit(int? asked) =>
        asked is < 1 or > Paging.MaxLimit
            ? (0, Problems.Invalid($"limit must be 1 to {Paging.MaxLimit}."))
            : (asked ?? Paging.DefaultLimit, null);

    /// <summary>A page as JSON, or all of it as CSV where the request accepts that.</summary>
    public static async Task<IResult> TransactionsAsync(
        HttpRequest request, TransactionReader transactions, string? user, string? from, string? to, string? actionType, string? entry, string? after, int? limit, CancellationToken cancel)
    {
        var (size, problem) = Limit(limit);
        if (problem is not null)
            return problem;
        if (!TryTime(from, out var start) || !TryTime(to, out var end))
            return Problems.Invalid("from and to must be ISO 8601 times, such as 2027-01-31T00:00:00Z.");
        var filter = new TransactionFilter(user, start, end, actionType, entry);
        if (IsCsvWanted(request))
        {
            request.HttpContext.Response.Headers.XContentTypeOptions = "nosniff";
            return Results.Stream(await TransactionFile.OpenAsync(transactions.AllAsync(filter, cancel), cancel), TransactionFile.MediaType, TransactionFile.Name);
        }
        try
        {
            return Results.Ok(await transactions.ListAsync(filter, after, size, cancel));
        }
        catch (FormatException error)
        {
            return Problems.Invalid(error.Message);
        }
    }

    /// <summary>Whether the caller asks for CSV rather than JSON.</summary>
    private static bool IsCsvWanted(HttpRequest request) =>
        request.GetTypedHeaders().Accept is { Count: > 0 } accept
        && accept.Where(type => type.Quality is null or > 0).OrderByDescending(type => type.Quality ?? 1)
            .FirstOrDefault(type => type.MediaType.Value is "text/csv" or "application/json") is { MediaType.Value: "text/csv" };

    public static bool TryTime(string? text, out DateTime? time)
    {
        time = null;
        if (string.IsNullOrEmpty(text))
            return true;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
            return false;
        time = parsed.UtcDateTime;
        return true;
    }
}
