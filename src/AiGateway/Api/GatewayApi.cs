using AiGateway.Insights;
using AiGateway.Ledger;

namespace AiGateway.Api;

/// <summary>/gateway/v1: what a caller may know about his own account.</summary>
internal static class GatewayApi
{
    /// <summary>How long a request's page waits for a call that is being settled.</summary>
    private static readonly TimeSpan SettleWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    public static void MapGatewayApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/gateway/v1").AddEndpointFilter<LedgerErrors>().AddEndpointFilter<CallerAccess>();
        api.MapGet("/balance", BalanceAsync);
        api.MapGet("/transactions", TransactionsAsync);
        api.MapGet("/requests/{id}", RequestAsync);
    }

    private static async Task<IResult> BalanceAsync(HttpContext context, BalanceReader balances, Bookkeeper ledger, CancellationToken cancel)
    {
        var user = CallerAccess.User(context);
        if (await balances.BalanceAsync(user, cancel) is { } known)
            return Results.Ok(known);
        await ledger.OpenAsync(user, cancel);
        return Results.Ok(await balances.BalanceAsync(user, cancel));
    }

    private static Task<IResult> TransactionsAsync(
        HttpContext context, TransactionReader transactions, string? from, string? to, string? action_type, string? after, int? limit, CancellationToken cancel) =>
        Listing.TransactionsAsync(transactions, CallerAccess.User(context), from, to, action_type, null, after, limit, cancel);

    private static async Task<IResult> RequestAsync(HttpContext context, string id, TransactionReader transactions, TimeProvider time, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var request = await transactions.RequestAsync(CallerAccess.User(context), id, cancel);
            if (request is { IsOpen: false } || time.GetElapsedTime(started) >= SettleWait)
                return request is null ? Problems.NotFound($"No request {id} of this user.") : Results.Ok(request);
            if (request is null)
                return Problems.NotFound($"No request {id} of this user.");
            await Task.Delay(LookAgain, time, cancel);
        }
    }
}
