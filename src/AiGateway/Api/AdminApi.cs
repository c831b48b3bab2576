using AiGateway.Accounts;
using AiGateway.Insights;
using AiGateway.Ledger;
using AiGateway.Plans;

namespace AiGateway.Api;

/// <summary>/admin/v1: users, what they hold and what was booked.</summary>
internal static class AdminApi
{
    internal sealed record NewUser(string UserId);

    public static void MapAdminApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/admin/v1").AddEndpointFilter<AdminAccess>().AddEndpointFilter<LedgerErrors>();
        api.MapPost("/users", OpenUserAsync);
        api.MapGet("/users", UsersAsync);
        api.MapGet("/users/{id}", UserAsync);
        api.MapGet("/users/{id}/balance", BalanceAsync);
        api.MapPost("/users/{id}/suspend", (string id, Bookkeeper ledger, BalanceReader users, KeyListVersion version, CancellationToken cancel) =>
            SetStatusAsync(id, AccountStatus.Suspended, ledger, users, version, cancel));
        api.MapPost("/users/{id}/resume", (string id, Bookkeeper ledger, BalanceReader users, KeyListVersion version, CancellationToken cancel) =>
            SetStatusAsync(id, AccountStatus.Active, ledger, users, version, cancel));
        api.MapGet("/transactions", TransactionsAsync);
        api.MapGet("/holds", HoldsAsync);
        api.MapPost("/holds/{id}/release", ReleaseAsync);
        api.MapPost("/audit", AuditAsync);
        api.MapAdminKeys();
        api.MapAdminGrants();
        api.MapAdminFigures();
        api.MapAdminStripe();
    }

    private static async Task<IResult> OpenUserAsync(NewUser body, Bookkeeper ledger, BalanceReader users, CancellationToken cancel)
    {
        if (UserIds.Check(body.UserId) is { } why)
            return Problems.Invalid($"user_id {why}");
        await ledger.OpenAsync(body.UserId, cancel);
        return Results.Ok(await users.UserAsync(body.UserId, cancel));
    }

    private static async Task<IResult> UsersAsync(BalanceReader users, string? after, int? limit, CancellationToken cancel)
    {
        var (size, problem) = Listing.Limit(limit);
        return problem ?? Results.Ok(await users.UsersAsync(after, size, cancel));
    }

    private static async Task<IResult> UserAsync(string id, BalanceReader users, CancellationToken cancel) =>
        await users.UserAsync(id, cancel) is { } user ? Results.Ok(user) : Problems.NotFound($"No user {id}.");

    private static async Task<IResult> BalanceAsync(string id, BalanceReader users, IPlanBookSource plans, CancellationToken cancel) =>
        await users.BalanceAsync(id, plans.Current.StatusOf, cancel) is { } balance ? Results.Ok(balance) : Problems.NotFound($"No user {id}.");

    private static async Task<IResult> SetStatusAsync(
        string id, AccountStatus status, Bookkeeper ledger, BalanceReader users, KeyListVersion version, CancellationToken cancel)
    {
        if (!await ledger.SetStatusAsync(id, status, cancel))
            return Problems.NotFound($"No user {id}.");
        await version.RaiseAsync(cancel);
        return await UserAsync(id, users, cancel);
    }

    private static Task<IResult> TransactionsAsync(
        TransactionReader transactions, string? user_id, string? from, string? to, string? action_type, string? entry, string? after, int? limit, CancellationToken cancel) =>
        Listing.TransactionsAsync(transactions, user_id, from, to, action_type, entry, after, limit, cancel);

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

    private static async Task<IResult> AuditAsync(LedgerAudit audit, CancellationToken cancel)
    {
        var violations = await audit.RunAsync(atRest: false, cancel);
        return Results.Ok(new { ok = violations.Count == 0, violations });
    }
}
