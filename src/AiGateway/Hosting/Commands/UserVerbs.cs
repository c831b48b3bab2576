using System.CommandLine;
using AiGateway.Accounts;
using AiGateway.Insights;
using AiGateway.Ledger;

namespace AiGateway.Hosting.Commands;

/// <summary>users: who has an account, and may use it.</summary>
internal static class UserVerbs
{
    private static readonly Argument<string> User = new("user") { Description = "The app's own id of the user." };

    public static Command Make() => new Command("users", "Accounts: list, show, open, suspend, resume, erase.").With(
        new Command("list", "Every account, in the order of the ids.").OnDatabase(ListAsync),
        new Command("show", "One account.").With(User).OnDatabase((scope, parse, cancel) => ShowAsync(scope, parse.GetRequiredValue(User), cancel)),
        new Command("open", "Open an account; one that is open stays as it is.").With(User).OnDatabase(OpenAsync),
        new Command("suspend", "Refuse this user's calls from now on.").With(User).OnDatabase((scope, parse, cancel) => SetAsync(scope, parse, AccountStatus.Suspended, cancel)),
        new Command("resume", "Let this user call again.").With(User).OnDatabase((scope, parse, cancel) => SetAsync(scope, parse, AccountStatus.Active, cancel)),
        new Command("erase", "Forget a person: his id becomes a pseudonym everywhere, for good; the figures stay.").With(User).OnDatabase(EraseAsync));

    private static async Task<int> ListAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var users = new List<UserView>();
        for (string? after = null; ;)
        {
            var page = await scope.Get<BalanceReader>().UsersAsync(after, Paging.MaxLimit, cancel);
            users.AddRange(page.Data);
            if (!page.HasMore)
                break;
            after = page.After;
        }
        scope.Output.List(users);
        return ExitCodes.Ok;
    }

    private static async Task<int> ShowAsync(CommandScope scope, string user, CancellationToken cancel)
    {
        if (await scope.Get<BalanceReader>().UserAsync(user, cancel) is not { } view)
            return scope.Output.Fail(ExitCodes.Error, $"There is no user {user}.");
        scope.Output.One(view);
        return ExitCodes.Ok;
    }

    private static async Task<int> OpenAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var user = parse.GetRequiredValue(User);
        if (UserIds.Check(user) is { } why)
            return scope.Output.Fail(ExitCodes.BadInput, $"The user's id {why}");
        await scope.Ledger().OpenAsync(user, cancel);
        return await ShowAsync(scope, user, cancel);
    }

    private static async Task<int> EraseAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var user = parse.GetRequiredValue(User);
        var obstacle = await scope.Get<Erasure>().ObstacleAsync(user, cancel);
        if (obstacle is null or ErasureOutcome.CallsRun)
        {
            await scope.Ledger().SetStatusAsync(user, AccountStatus.Suspended, cancel);
            await scope.Get<KeyListVersion>().RaiseAsync(cancel);
            var answer = await scope.Get<Erasure>().EraseAsync(user, cancel);
            if (answer.Pseudonym is { } pseudonym)
                return await ShowAsync(scope, pseudonym, cancel);
            obstacle = answer.Outcome;
        }
        return scope.Output.Fail(ExitCodes.Error, obstacle switch
        {
            ErasureOutcome.SubscriptionRuns => "A subscription charges this user: end it at Stripe first. Nothing was changed.",
            ErasureOutcome.CallsRun => "Calls of this user are under way. The account is suspended; erase it again when they have ended.",
            _ => $"There is no user {user}.",
        });
    }

    private static async Task<int> SetAsync(CommandScope scope, ParseResult parse, AccountStatus status, CancellationToken cancel)
    {
        var user = parse.GetRequiredValue(User);
        if (await scope.Ledger().SetStatusAsync(user, status, cancel))
            await scope.Get<KeyListVersion>().RaiseAsync(cancel);
        return await ShowAsync(scope, user, cancel);
    }
}
