using System.CommandLine;
using AiGateway.Accounts;
using AiGateway.Api;
using AiGateway.Insights;

namespace AiGateway.Hosting.Commands;

/// <summary>keys: made and rotated keys are shown once, here.</summary>
internal static class KeyVerbs
{
    private sealed record Made(string Id, string Key);

    private static readonly Argument<string> Id = new("id") { Description = "The key's public id." };
    private static readonly Option<KeyKind> Kind = new("--kind") { Description = "user: acts for one user. app: a server's, names its user on each call.", Required = true };
    private static readonly Option<string?> User = new("--user") { Description = "Whose key it is (kind user only)." };
    private static readonly Option<string> Name = new("--name") { Description = "What the list shows.", Required = true };
    private static readonly Option<DateTimeOffset?> Expires = new("--expires") { Description = "When it ends, ISO 8601; default: never." };
    private static readonly Option<string[]> Models = new("--models")
    {
        Description = "Which models it is for, names or beginnings with a *; default: all.", AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<int> Overlap = new("--overlap-seconds")
    {
        Description = "How long the old key goes on beside the new one.", DefaultValueFactory = _ => AdminKeys.DefaultOverlapSeconds,
    };

    public static Command Make() => new Command("keys", "API keys: list, make, rotate, revoke.").With(
        new Command("list", "Every key, without its secret.").OnDatabase(ListAsync),
        new Command("make", "Make a key; it is shown once.").With(Kind, User, Name, Expires, Models).OnDatabase(MakeAsync),
        new Command("rotate", "Make a new key beside an old one, which ends after the overlap.").With(Id, Overlap).OnDatabase(RotateAsync),
        new Command("revoke", "End a key, on every gateway within a second.").With(Id).OnDatabase(RevokeAsync));

    private static async Task<int> ListAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var keys = new List<AdminKeys.KeyView>();
        for (IReadOnlyList<KeyInfo> page = []; keys.Count == 0 || page.Count == Paging.MaxLimit;)
        {
            page = await scope.Get<KeyStore>().ListAsync(keys.LastOrDefault()?.Id, Paging.MaxLimit, cancel);
            keys.AddRange(page.Select(AdminKeys.View));
            if (page.Count == 0)
                break;
        }
        scope.Output.List(keys);
        return ExitCodes.Ok;
    }

    private static async Task<int> MakeAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var (kind, user, name, expires) = (parse.GetValue(Kind), parse.GetValue(User), parse.GetRequiredValue(Name), parse.GetValue(Expires));
        var models = parse.GetValue(Models) ?? [];
        if (AdminKeys.Check(kind, user, name, expires, models, scope.Get<TimeProvider>().GetUtcNow()) is { } wrong)
            return scope.Output.Fail(ExitCodes.BadInput, wrong);
        return Show(scope, await scope.Get<KeyStore>().MakeAsync(kind, user, name, expires, cancel, models));
    }

    private static async Task<int> RotateAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var overlap = parse.GetValue(Overlap);
        if (overlap is < 0 or > AdminKeys.MaxOverlapSeconds)
            return scope.Output.Fail(ExitCodes.BadInput, $"--overlap-seconds must be 0 to {AdminKeys.MaxOverlapSeconds}.");
        var id = parse.GetRequiredValue(Id);
        return await scope.Get<KeyStore>().RotateAsync(id, TimeSpan.FromSeconds(overlap), cancel) is { } made
            ? Show(scope, made)
            : scope.Output.Fail(ExitCodes.Error, $"There is no live key {id}.");
    }

    private static async Task<int> RevokeAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var (id, keys) = (parse.GetRequiredValue(Id), scope.Get<KeyStore>());
        await keys.RevokeAsync(id, cancel);
        if (await keys.FindAsync(id, cancel) is not { } key)
            return scope.Output.Fail(ExitCodes.Error, $"There is no key {id}.");
        scope.Output.One(AdminKeys.View(key));
        return ExitCodes.Ok;
    }

    private static int Show(CommandScope scope, ApiKey key)
    {
        scope.Output.One(new Made(key.Id, key.ToString()));
        return ExitCodes.Ok;
    }
}
