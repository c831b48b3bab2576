using System.CommandLine;
using AiGateway.Demo;
using AiGateway.Insights;
using AiGateway.Storage;

namespace AiGateway.Hosting.Commands;

/// <summary>demo: users to try things with; never in Production.</summary>
internal static class DemoVerbs
{
    public static Command Make() => new Command("demo", "Something to try things with: seed.").With(
        new Command("seed", "Make the demo users with sixty days of their past; again changes nothing. Refused in Production.").With(Unpriced).Does(SeedAsync));

    private static readonly Option<bool> Unpriced = new("--unpriced-model") { Description = "Also a call of a model without a price: margins are then incomplete." };

    private static async Task<int> SeedAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        if (scope.Settings.IsProduction)
            return scope.Output.Fail(ExitCodes.Misconfigured, "Production takes no demo users: set ASPNETCORE_ENVIRONMENT=Development to try things.");
        await scope.Get<SchemaMigrator>().EnsureAsync(cancel);
        scope.Ledger();
        await scope.Get<DemoSeed>().WithPastAsync(parse.GetValue(Unpriced), cancel);
        var page = await scope.Get<BalanceReader>().UsersAsync(null, Paging.MaxLimit, cancel);
        scope.Output.List(page.Data.Where(user => user.UserId.StartsWith("demo-", StringComparison.Ordinal)));
        return ExitCodes.Ok;
    }
}
