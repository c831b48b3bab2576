using AiGateway.Accounts;
using AiGateway.Insights;
using AiGateway.Ledger;
using AiGateway.Plans;
using AiGateway.Pricing;
using AiGateway.Routes;

namespace AiGateway.Pages.Admin;

/// <summary>/admin: the day so far, what wants attention, and what is still to be set up.</summary>
internal static class TodayPages
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("", async (TodayDesk desk, CancellationToken cancel) => Html.Of<TodayPage>(await desk.FiguresAsync(cancel), await desk.StateAsync(cancel)));
        pages.MapGet("/parts/today", async (TodayDesk desk, CancellationToken cancel) => Html.Of<TodayFigures>(await desk.FiguresAsync(cancel)));
    }
}

/// <param name="OldestFor">How long the oldest has been open; null: none is.</param>
internal sealed record OpenHolds(long Count, long Tokens, TimeSpan? OldestFor);

internal sealed record TodayModel(TodayView Day, OpenHolds Holds, StripeSummary Stripe);

/// <summary>What wants attention, the worst first, and what is still to be done.</summary>
internal sealed record StateModel(IReadOnlyList<Banner> Banners, IReadOnlyList<SetupStep> Steps);

/// <param name="Kind">bad, low or info.</param>
internal sealed record Banner(string Kind, string Title, string Text, string Link, string LinkText);

internal sealed record SetupStep(bool IsDone, string Title, string Text, string? Link);

/// <summary>Asks the nouns what the first page shows.</summary>
internal sealed class TodayDesk(
    TodayReader today, HoldReader holds, StripeReader stripe, ModelReader models, AuditKeeper audits, KeyStore keys, RoutesFile routes, PricesFile prices, PlansFile plans, SetupFacts facts,
    TimeProvider time)
{
    private const int KeysLookedAt = 200;

    public async Task<TodayModel> FiguresAsync(CancellationToken cancel)
    {
        var (count, tokens, oldestMs) = await holds.OpenTotalsAsync(cancel);
        var open = new OpenHolds(count, tokens, oldestMs == 0 ? null : time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(oldestMs));
        return new TodayModel(await today.ReadAsync(cancel), open, await stripe.SummaryAsync(cancel));
    }

    public async Task<StateModel> StateAsync(CancellationToken cancel)
    {
        var used = await models.UsedAsync(cancel);
        var unpriced = used.Where(model => !prices.Current.HasPrice(model.Model)).Select(model => model.Model).ToList();
        var (audit, money) = (await audits.LastAsync(cancel), await stripe.SummaryAsync(cancel));
        var banners = new Banner?[]
        {
            Banners.Books(audit), Banners.Routes(routes.Report), Banners.File(prices.Status, Links.Prices), Banners.File(plans.Status, Links.Prices), Banners.Parked(money), Banners.Unpriced(unpriced),
        };
        var live = (await keys.ListAsync(null, KeysLookedAt, cancel)).Where(key => key is { RevokedAt: null, Kind: KeyKind.App }).ToList();
        return new StateModel([.. banners.OfType<Banner>()], Setup.Steps(facts, live, used.Count > 0, plans.Current, unpriced.Count == 0, audit));
    }
}
