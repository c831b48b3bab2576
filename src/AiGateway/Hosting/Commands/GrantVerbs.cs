using System.CommandLine;
using AiGateway.Accounts;
using AiGateway.Api;
using AiGateway.Ledger;

namespace AiGateway.Hosting.Commands;

/// <summary>grants: tokens given by an operator, each once.</summary>
internal static class GrantVerbs
{
    private sealed record Granted(long Id, string UserId, long Tokens, string SourceKey, long Balance, bool AlreadyGranted);

    private static readonly Argument<string> User = new("user") { Description = "The app's own id of the user." };
    private static readonly Argument<long> Tokens = new("tokens") { Description = "How many, at least 1." };
    private static readonly Option<string> SourceKey = new("--source-key") { Description = "Makes it happen once: the same key again grants nothing.", Required = true };
    private static readonly Option<string> Action = new("--action-type")
    {
        Description = $"One of {string.Join(", ", AdminGrants.Kinds.Keys)}.", DefaultValueFactory = _ => "token_pack",
    };
    private static readonly Option<DateTimeOffset?> Expires = new("--expires") { Description = "When what is left ends, ISO 8601; default: never." };

    public static Command Make() => new Command("grants", "Tokens given: add.").With(
        new Command("add", "Give a user tokens.").With(User, Tokens, SourceKey, Action, Expires).OnDatabase(AddAsync));

    private static async Task<int> AddAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var (user, tokens, key, action, expires) =
            (parse.GetRequiredValue(User), parse.GetValue(Tokens), parse.GetRequiredValue(SourceKey), parse.GetRequiredValue(Action), parse.GetValue(Expires));
        if (Wrong(user, tokens, key, action, expires, scope.Get<TimeProvider>().GetUtcNow()) is { } wrong)
            return scope.Output.Fail(ExitCodes.BadInput, wrong);
        var answer = await scope.Ledger().GrantAsync(
            new GrantRequest(user, tokens, AdminGrants.Kinds[action], action, key, expires?.ToUnixTimeMilliseconds()), cancel);
        if (answer.Outcome == GrantOutcome.Conflict)
            return scope.Output.Fail(ExitCodes.Error, $"The source key '{key}' was used before with other content. Nothing was changed.");
        scope.Output.One(new Granted(answer.LotId, user, tokens, key, answer.Standing.Balance, answer.Outcome == GrantOutcome.AlreadyGranted));
        return ExitCodes.Ok;
    }

    private static string? Wrong(string user, long tokens, string key, string action, DateTimeOffset? expires, DateTimeOffset now) =>
        UserIds.Check(user) is { } why ? $"The user's id {why}"
        : tokens is < 1 or > AdminGrants.MaxTokens ? $"tokens must be 1 to {AdminGrants.MaxTokens}."
        : SourceKeys.Check(key) is { } wrong ? $"--source-key {wrong}"
        : !AdminGrants.Kinds.ContainsKey(action) ? $"--action-type must be one of {string.Join(", ", AdminGrants.Kinds.Keys)}."
        : expires <= now ? "--expires is in the past."
        : null;
}
