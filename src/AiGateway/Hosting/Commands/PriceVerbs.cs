using System.CommandLine;
using AiGateway.Insights;
using AiGateway.Pricing;

namespace AiGateway.Hosting.Commands;

/// <summary>prices: which models are charged at the ceiling.</summary>
internal static class PriceVerbs
{
    private sealed record Missing(string Model);

    private static readonly Argument<string[]> Models = new("models") { Description = "Default: every model in the ledger.", Arity = ArgumentArity.ZeroOrMore };

    public static Command Make() => new Command("prices", "The price list: check.").With(
        new Command("check", "List the models that have no price; exit code 1 where there is one.").With(Models).Does(CheckAsync));

    private static async Task<int> CheckAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var book = scope.Get<IPriceBookSource>().Current;
        if (parse.GetValue(Models) is { Length: > 0 } named)
            return Show(scope, named.Where(model => !book.HasPrice(model)).Select(model => new Missing(model)));
        if (await scope.SchemaProblemAsync(cancel) is { } problem)
            return scope.Output.Fail(ExitCodes.Misconfigured, problem);
        return Show(scope, (await scope.Get<ModelReader>().UsedAsync(cancel)).Where(model => !book.HasPrice(model.Model)));
    }

    private static int Show<T>(CommandScope scope, IEnumerable<T> missing)
    {
        var all = missing.ToList();
        if (scope.Output.IsForPeople && all.Count == 0)
            scope.Output.Text("Every model has a price.");
        else
            scope.Output.List(all);
        return all.Count == 0 ? ExitCodes.Ok : ExitCodes.Error;
    }
}
