using AiGateway.Billing;
using AiGateway.Insights;
using AiGateway.Pages.Shared;
using AiGateway.Pages.Texts;
using AiGateway.Plans;

namespace AiGateway.Pages.Admin;

/// <summary>/admin/insights: the owner's five figures with what is behind them, and an offer for whoever needs more.</summary>
internal static class InsightPages
{
    private const int AlertsShown = 20;

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/insights", ShowAsync);
        pages.MapPost("/insights/offer", OfferAsync);
    }

    private static async Task<IResult> ShowAsync(
        Reports reports, BusinessReader business, CostComparison costs, AlertReader alerts, SetupFacts facts, TimeProvider time, string? from, string? to, CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var (first, last) = (Days.Read(from) ?? DateOnly.FromDateTime(reports.ThisMonth), Days.Read(to) ?? today);
        if (first > last || first > today || Reports.Months(Start(first), Start(last)) > Reports.MostMonths)
            (first, last) = (DateOnly.FromDateTime(reports.ThisMonth), today);
        var (start, end) = (Start(first), last >= today ? (DateTime?)null : Start(last.AddDays(1)));
        var model = new InsightModel(first, last, today, await reports.RunAsync(start, end, cancel), await business.ReadAsync(start, end, cancel), await costs.ReadAsync(start, end, cancel),
            await alerts.NewestAsync(AlertsShown, cancel), facts.SendsAlerts);
        return Html.Of<InsightsPage>(model);
    }

    /// <summary>Opens a purchase in the user's name: its page is what he is sent. Nothing is sold before he pays there.</summary>
    private static async Task<IResult> OfferAsync(HttpContext http, Purchases purchases, IPlanBookSource plans, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var (user, plan) = (form["user"].ToString(), form["plan"].ToString());
        if (Next(plans.Current, plan) is not { } offer)
            return Html.Of<MessagePage>(StatusCodes.Status409Conflict, new Message(InsightTexts.NoOfferTitle, InsightTexts.NothingSold, Links.Insights, InsightTexts.Back));
        try
        {
            var answer = await purchases.OpenAsync(user, offer is Plan ? offer.Id : null, offer is Pack ? offer.Id : null, PageFrame.OriginOf(http), cancel);
            return answer is { Outcome: PurchaseOutcome.Opened, Url: { } url }
                ? Html.Of<OfferPage>(new OfferPage.View(user, offer.Name, offer.Tokens, offer.UsdCents, url))
                : Html.Of<MessagePage>(StatusCodes.Status409Conflict, new Message(InsightTexts.NoOfferTitle, InsightTexts.NotOpened(answer.Outcome), Links.User(user), InsightTexts.Back));
        }
        catch (CheckoutUnavailableException)
        {
            return Html.Of<MessagePage>(StatusCodes.Status503ServiceUnavailable, new Message(InsightTexts.NoOfferTitle, InsightTexts.CheckoutAway, Links.Insights, InsightTexts.Back));
        }
    }

    /// <summary>The cheapest plan that gives more than the running one; for whoever has the largest, the largest pack.</summary>
    private static Offer? Next(PlanBook book, string running)
    {
        var now = book.Plans.GetValueOrDefault(running);
        return book.Plans.Values.Where(plan => plan.UsdCents > (now?.UsdCents ?? 0)).OrderBy(plan => plan.UsdCents).FirstOrDefault()
            ?? (Offer?)book.Packs.Values.OrderByDescending(pack => pack.Tokens).FirstOrDefault();
    }

    private static DateTime Start(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}

/// <summary>What the page shows. Days are both included.</summary>
internal sealed record InsightModel(
    DateOnly From, DateOnly To, DateOnly Today, UsageReport Usage, BusinessView Business, ProviderComparison Provider, IReadOnlyList<AlertView> Alerts, bool SendsAlerts)
{
    /// <summary>Spans that are asked for often.</summary>
    public IEnumerable<(string Text, DateOnly From, DateOnly To)> Spans
    {
        get
        {
            var month = new DateOnly(Today.Year, Today.Month, 1);
            yield return (InsightTexts.ThisMonth, month, Today);
            yield return (InsightTexts.LastMonth, month.AddMonths(-1), month.AddDays(-1));
            yield return (InsightTexts.SixtyDays, Today.AddDays(-60), Today);
        }
    }

    public bool IsHere(DateOnly from, DateOnly to) => (from, to) == (From, To);

    public static string Link(DateOnly from, DateOnly to) => Links.With(Links.Insights, ("from", Formats.Iso(from)), ("to", Formats.Iso(to)));

    /// <summary>The newest month's plans, those without a plan last.</summary>
    public IReadOnlyList<PlanMonthView> NewestPlans => Business.AverageTokensByPlan is [.., var last] ? [.. Business.AverageTokensByPlan.Where(month => month.Month == last.Month)] : [];

    /// <summary>Weeks whose share is known, in hundredths of a percent.</summary>
    public IReadOnlyList<(string Label, long Value)> Shares(Func<MoneyView, decimal?> share) =>
        [.. Business.Weeks.Where(week => share(week.Money) is not null).Select(week => (Formats.Day(week.Week), (long)decimal.Round(Math.Max(0, share(week.Money) ?? 0) * 100)))];
}
