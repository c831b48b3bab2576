using AiGateway.ConfigFiles;
using AiGateway.Insights;
using AiGateway.Ledger;
using AiGateway.Pages.Texts;
using AiGateway.Routes;

namespace AiGateway.Pages.Admin;

/// <summary>From a state to what an operator is told of it; null: there is nothing to tell.</summary>
internal static class Banners
{
    public static Banner? Books(AuditResult? audit) =>
        audit is { Violations: > 0 and var found } ? new("bad", TodayTexts.BooksTitle, TodayTexts.Books(found, audit.At), Links.Audit, TodayTexts.ToAudit) : null;

    public static Banner? Routes(RoutesStatus routes) =>
        routes.RefusedAt is null ? null : new("bad", TodayTexts.EditTitle(Path.GetFileName(routes.File)), TodayTexts.Edit(Place(routes.Problems)), Links.Routes, TodayTexts.ToRoutes);

    public static Banner? File(FileStatus file, string link) =>
        file.RefusedAt is null ? null : new("bad", TodayTexts.EditTitle(Path.GetFileName(file.Path)), TodayTexts.Edit(Place([.. file.Problems.Select(RouteProblem.Of)])), link, TodayTexts.ToPrices);

    public static Banner? Parked(StripeSummary stripe) =>
        stripe.Parked == 0 ? null : new("low", TodayTexts.ParkedTitle, TodayTexts.Parked(stripe.Parked), Links.With(Links.Stripe, ("state", "parked")), TodayTexts.ToStripe);

    public static Banner? Unpriced(IReadOnlyList<string> models) =>
        models.Count == 0 ? null : new("low", TodayTexts.UnpricedTitle, TodayTexts.Unpriced(models), Links.Prices, TodayTexts.ToPrices);

    private static string Place(IReadOnlyList<RouteProblem> problems) =>
        problems.FirstOrDefault(problem => !problem.IsWarning) is { } first ? OperatorTexts.Place(first.Line, first.Column, first.Key, first.Message) : "";
}
