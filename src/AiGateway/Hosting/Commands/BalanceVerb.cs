using System.CommandLine;
using AiGateway.Insights;
using AiGateway.Plans;

namespace AiGateway.Hosting.Commands;

/// <summary>balance: what one user has.</summary>
internal static class BalanceVerb
{
    private static readonly Argument<string> User = new("user") { Description = "The app's own id of the user." };

    public static Command Make() => new Command("balance", "What a user has, holds and used.").With(User).OnDatabase(ShowAsync);

    private static async Task<int> ShowAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var user = parse.GetRequiredValue(User);
        if (await scope.Get<BalanceReader>().BalanceAsync(user, scope.Get<IPlanBookSource>().Current.StatusOf, cancel) is not { } balance)
            return scope.Output.Fail(ExitCodes.Error, $"There is no user {user}.");
        scope.Output.One(balance);
        return ExitCodes.Ok;
    }
}
