using AiGateway.Accounts;
using AiGateway.Insights;
using AiGateway.Ledger;
using AiGateway.Plans;

namespace AiGateway.Api;

/// <summary>/admin/v1: users, what they hold and what was booked.</summary>
internal static class AdminApi
{
    internal sealed record NewUser(string UserId);

    /// <param name="UserId">The pseudonym under which the figures stay.</param>
    internal sealed record Erased(string UserId);

    public static void MapAdminApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/admin/v1")
            .AddEndpointFilter(new AdminAccess(endpoints.ServiceProvider.GetRequiredService<OperatorKey>())).AddEndpointFilter(new LedgerErrors()).AddEndpointFilter(new QueryErrors());
        api.MapPost("/users", OpenUserAsync).Describe<UserView>("Open an account; one that exists stays as it is.");
        api.MapGet("/users", UsersAsync).Describe<Page<UserView>>("Users in the order of their ids; query finds those whose id contains it.");
        api.MapGet("/users/{id}", UserAsync).Describe<UserView>("One user.");
        api.MapGet("/users/{id}/balance", BalanceAsync).Describe<BalanceView>("What a user has.");
        api.MapPost("/users/{id}/suspend", (string id, Bookkeeper ledger, BalanceReader users, KeyListVersion version, CancellationToken cancel) =>
            SetStatusAsync(id, AccountStatus.Suspended, ledger, users, version, cancel)).Describe<UserView>("Refuse a user's calls, on every node within a second.");
        api.MapPost("/users/{id}/resume", (string id, Bookkeeper ledger, BalanceReader users, KeyListVersion version, CancellationToken cancel) =>
            SetStatusAsync(id, AccountStatus.Active, ledger, users, version, cancel)).Describe<UserView>("Let a suspended or frozen user call again.");
        api.MapPost("/users/{id}/erase", EraseAsync).Describe<Erased>("Forget a person: his id becomes a pseudonym everywhere, for good; the figures stay.");
        api.MapGet("/transactions", TransactionsAsync).Describe<Page<TransactionView>>("Rows of the ledger, newest first; with Accept: text/csv all of them as one file.");
        api.MapGet("/holds", HoldsAsync).Describe<Page<HoldView>>("Open holds, oldest first.");
        api.MapPost("/holds/{id}/release", ReleaseAsync).Describe<HoldView>("Free an open hold without a charge.");
        api.MapPost("/audit", AuditAsync).Describe("Prove the books from the tables alone.");
        api.MapAdminKeys();
        api.MapAdminGrants();
        api.MapAdminFigures();
        api.MapAdminInsights();
        api.MapAdminStripe();
    }

    private static async Task<IResult> OpenUserAsync(NewUser body, Bookkeeper ledger, BalanceReader users, CancellationToken cancel)
    {
        if (UserIds.Check(body.UserId) is { } why)
            return Problems.Invalid($"user_id {why}");
        await ledger.OpenAsync(body.UserId, cancel);
        return Results.Ok(await users.UserAsync(body.UserId, cancel));
    }

    private static async Task<IResult> UsersAsync(BalanceReader users, string? query, string? status, string? after, int? limit, CancellationToken cancel)
    {
        var (size, problem) = Listing.Limit(limit);
        if (status is not (null or "active" or "suspended" or "frozen"))
            return Problems.Invalid("status must be active, suspended or frozen.");
        return problem ?? Results.Ok(await users.UsersAsync(new UserFilter(query, status), after, size, cancel));
    }

    private static async Task<IResult> UserAsync(string id, BalanceReader users, CancellationToken cancel) =>
        await users.UserAsync(id, cancel) is { } user ? Results.Ok(user) : Problems.NotFound($"No user {id}.");

    private static async Task<IResult> BalanceAsync(string id, BalanceReader users, IPlanBookSource plans, CancellationToken cancel) =>
        await users.BalanceAsync(id, plans.Current.StatusOf, cancel) is { } balance ? Results.Ok(balance) : Problems.NotFound($"No user {id}.");

    /// <summary>Suspended first, so that no call begins meanwhile; an account that cannot be erased yet stays suspended only where calls run.</summary>
    private static async Task<IResult> EraseAsync(string id, Erasure erasure, Bookkeeper ledger, KeyListVersion version, CancellationToken cancel)
    {
        var obstacle = await erasure.ObstacleAsync(id, cancel);
        if (obstacle is null or ErasureOutcome.CallsRun)
        {
            await ledger.SetStatusAsync(id, AccountStatus.Suspended, cancel);
            await version.RaiseAsync(cancel);
            var answer = await erasure.EraseAsync(id, cancel);
            if (answer.Pseudonym is { } pseudonym)
                return Results.Ok(new Erased(pseudonym));
            obstacle = answer.Outcome;
        }
        return obstacle switch
        {
            ErasureOutcome.SubscriptionRuns => Problems.Conflict("subscription_runs", "A subscription charges this user: end it at Stripe first. Nothing was changed."),
            ErasureOutcome.CallsRun => Problems.Conflict("calls_run", "Calls of this user are under way. The account is suspended; erase it again when they have ended."),
            _ => Problems.NotFound($"No user {id}."),
        };
    }

    private static async Task<IResult> SetStatusAsync(
        string id, AccountStatus status, Bookkeeper ledger, BalanceReader users, KeyListVersion version, CancellationToken cancel)
    {
        if (!await ledger.SetStatusAsync(id, status, cancel))
            return Problems.NotFound($"No user {id}.");
        await version.RaiseAsync(cancel);
        return await UserAsync(id, users, cancel);
    }

    private static Task<IResult> TransactionsAsync(
        HttpRequest request, TransactionReader transactions, string? user_id, string? from, string? to, string? action_type, string? entry, string? after, int? limit, CancellationToken cancel) =>
        Listing.TransactionsAsync(request, transactions, user_id, from, to, action_type, entry, after, limit, cancel);

    private static async Task<IResult> HoldsAsync(HoldReader holds, string? user_id, string? after, int? limit, CancellationToken cancel)
    {
        var (size, problem) = Listing.Limit(limit);
        return problem ?? Results.Ok(await holds.OpenAsync(user_id, after, size, cancel));
    }

    private static async Task<IResult> ReleaseAsync(string id, HoldReader holds, Bookkeeper ledger, CancellationToken cancel)
    {
        if (await holds.FindAsync(id, cancel) is not { } hold)
            return Problems.NotFound($"No hold {id}.");
        // What was presumed is not undone from here: an operator does not know what the provider has billed.
        if (hold.State == "presumed")
            return Problems.Conflict("hold_closed", $"The hold {id} is {hold.State}.");
        var answer = await ledger.ReleaseAsync(new HoldId(hold.UserId, id), cancel);
        return answer.Outcome == ReleaseOutcome.AlreadyClosed
            ? Problems.Conflict("hold_closed", $"The hold {id} is {hold.State}.")
            : Results.Ok(await holds.FindAsync(id, cancel));
    }

    private static async Task<IResult> AuditAsync(AuditKeeper audit, KeyListVersion version, CancellationToken cancel)
    {
        var violations = await audit.RunAsync(cancel);
        if (violations.Count > 0)
            await version.RaiseAsync(cancel);
        return Results.Ok(new { ok = violations.Count == 0, violations });
    }
}
