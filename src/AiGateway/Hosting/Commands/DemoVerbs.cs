using System.CommandLine;
using AiGateway.Demo;
using AiGateway.Insights;
using AiGateway.Storage;

namespace AiGateway.Hosting.Commands;

/// <summary>demo: users to try things with; never in Production.</summary>
internal static class DemoVerbs
{
    public static Command Make() => new Command("demo", "Something to try things with: seed.").With(
        new Command("seed", "Make the demo users with their tokens; again changes nothing. Refused in Production.").Does(SeedAsync));

    private static async Task<int> SeedAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        if (scope.Settings.IsProduction)
            return scope.Output.Fail(ExitCodes.Misconfigured, "Production takes no demo users: set ASPNETCORE_ENVIRONMENT=Development to try things.");
        await scope.Get<SchemaMigrator>().EnsureAsync(cancel);
        await DemoUsers.SeedAsync(scope.Ledger(), cancel);
        var page = await scope.Get<BalanceReader>().UsersAsync(null, Paging.MaxLimit, cancel);
        scope.Output.List(page.Data.Where(user => user.UserId.StartsWith("demo-", StringComparison.Ordinal)));
        return ExitCodes.Ok;
    }
}
