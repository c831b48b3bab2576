using System.CommandLine;
using AiGateway.Billing;

namespace AiGateway.Hosting.Commands;

/// <summary>stripe: makes at Stripe what is sold, and compares what Stripe knows with the books.</summary>
internal static class StripeVerbs
{
    private const int MostDays = 365;

    private static readonly Option<string?> Url = new("--webhook-url") { Description = "Where Stripe reaches this gateway, such as https://gw.example.com/stripe/webhook; default: no endpoint is made." };
    private static readonly Option<int> Days = new("--days") { Description = $"How far back to look, 1 to {MostDays}.", DefaultValueFactory = _ => 35 };

    public static Command Make() => new Command("stripe", "Payments: setup, reconcile.").With(
        new Command("setup", "Make products, prices and the webhook endpoint at Stripe; what is there stays.").With(Url).Does(SetUpAsync),
        new Command("reconcile", "Compare Stripe's payments with the books, and apply what never arrived.").With(Days).OnDatabase(ReconcileAsync));

    private static async Task<int> SetUpAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        if (Missing(scope) is { } problem)
            return problem;
        var url = parse.GetValue(Url);
        if (url is not null && !(Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"))
            return scope.Output.Fail(ExitCodes.BadInput, "--webhook-url must be an absolute address.");
        return await AskAsync(scope, async () =>
        {
            var done = new List<SetUp>();
            await foreach (var one in scope.Get<StripeSetup>().RunAsync(url, cancel))
                done.Add(one);
            scope.Output.List(done);
            return ExitCodes.Ok;
        });
    }

    private static async Task<int> ReconcileAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        if (Missing(scope) is { } problem)
            return problem;
        var days = parse.GetValue(Days);
        if (days is < 1 or > MostDays)
            return scope.Output.Fail(ExitCodes.BadInput, $"--days must be 1 to {MostDays}.");
        scope.Ledger();
        return await AskAsync(scope, async () =>
        {
            scope.Output.One(await scope.Get<Reconciliation>().RunAsync(days, cancel));
            return ExitCodes.Ok;
        });
    }

    private static int? Missing(CommandScope scope) => scope.Settings.Stripe.IsDemo
        ? scope.Output.Fail(ExitCodes.Misconfigured, "STRIPE_SECRET_KEY is not set: set it (or STRIPE_SECRET_KEY_FILE).") : null;

    private static async Task<int> AskAsync(CommandScope scope, Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (CheckoutUnavailableException refused)
        {
            return scope.Output.Fail(ExitCodes.Error, refused.Reason);
        }
    }
}
