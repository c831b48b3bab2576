using System.CommandLine;
using AiGateway.Ledger;

namespace AiGateway.Hosting.Commands;

/// <summary>audit: proves the books from the tables alone.</summary>
internal static class AuditVerb
{
    private sealed record Audited(bool Ok, IReadOnlyList<Violation> Violations);

    private static readonly Option<bool> AtRest = new("--at-rest") { Description = "No gateway is running and no call is in flight: nothing may be held any more." };

    public static Command Make() => new Command("audit", "Check that the books balance; exit code 3 where they do not.").With(AtRest).OnDatabase(RunAsync);

    private static async Task<int> RunAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var violations = await scope.Get<LedgerAudit>().RunAsync(parse.GetValue(AtRest), cancel);
        if (!scope.Output.IsForPeople)
            scope.Output.One(new Audited(violations.Count == 0, violations));
        else if (violations.Count == 0)
            scope.Output.Text("The books balance.");
        else
            scope.Output.List(violations);
        return violations.Count == 0 ? ExitCodes.Ok : ExitCodes.BooksDoNotBalance;
    }
}
