using AiGateway.Accounts;
using AiGateway.Insights;
using AiGateway.Ledger;
using AiGateway.Plans;
using Microsoft.AspNetCore.Mvc;

namespace AiGateway.Api;

/// <summary>/gateway/v1: what a caller may know about his own account.</summary>
internal static class GatewayApi
{
    /// <summary>How long a request's page waits for a call that is being settled.</summary>
    private static readonly TimeSpan SettleWait = TimeSpan.FromSeconds(2);

    /// <summary>A body as for the call: texts of millions of words still fit, sounds and films do not.</summary>
    private const long MaxEstimateBytes = 16L << 20;
    private const long MaxReportBytes = 64L << 10;
    private const long MaxSmallBytes = 4L << 10;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    public static void MapGatewayApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/gateway/v1").AddEndpointFilter(new LedgerErrors())
            .AddEndpointFilter(new CallerAccess(endpoints.ServiceProvider.GetRequiredService<Callers>(), endpoints.ServiceProvider.GetRequiredService<PortalSessions>())).AddEndpointFilter(new QueryErrors());
        api.MapGet("/balance", BalanceAsync);
        api.MapGet("/transactions", TransactionsAsync);
        api.MapGet("/requests/{id}", RequestAsync);
        api.MapPost("/estimate", EstimateApi.EstimateAsync).WithMetadata(new RequestSizeLimitAttribute(MaxEstimateBytes));
        api.MapPost("/portal-sessions", PortalSessionApi.Open).WithMetadata(new RequestSizeLimitAttribute(MaxSmallBytes), new UserInBody());
        api.MapGet("/offers", OfferApi.ListAsync);
        api.MapGet("/usage", UserUsageApi.SumAsync);
        api.MapCheckout();
        api.MapPost("/usage", UsageApi.ReportAsync).WithMetadata(new RequestSizeLimitAttribute(MaxReportBytes), new UserInBody());
    }

    /// <returns>A user who was never seen is opened.</returns>
    public static async Task<BalanceView> BalanceOfAsync(string user, BalanceReader balances, IPlanBookSource plans, Bookkeeper ledger, CancellationToken cancel)
    {
        if (await balances.BalanceAsync(user, plans.Current.StatusOf, cancel) is { } known)
            return known;
        await ledger.OpenAsync(user, cancel);
        return await balances.BalanceAsync(user, plans.Current.StatusOf, cancel) ?? throw new InvalidOperationException($"The account of {user} was opened and is not there.");
    }

    private static async Task<IResult> BalanceAsync(HttpContext context, BalanceReader balances, IPlanBookSource plans, Bookkeeper ledger, CancellationToken cancel) =>
        Results.Ok(await BalanceOfAsync(CallerAccess.User(context), balances, plans, ledger, cancel));

    private static Task<IResult> TransactionsAsync(
        HttpContext context, TransactionReader transactions, string? from, string? to, string? action_type, string? after, int? limit, CancellationToken cancel) =>
        Listing.TransactionsAsync(context.Request, transactions, CallerAccess.User(context), from, to, action_type, null, after, limit, cancel);

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
