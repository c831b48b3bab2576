using AiGateway.Ledger;

namespace AiGateway.Pages.Admin;

/// <summary>/admin/audit: whether the books balance, proven from the tables alone.</summary>
internal static class AuditPages
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/audit", async (AuditKeeper audits, CancellationToken cancel) => Html.Of<AuditPage>(new AuditPage.View(await audits.LastAsync(cancel), null, TimeSpan.Zero)));
        pages.MapPost("/audit", RunAsync);
    }

    private static async Task<IResult> RunAsync(AuditKeeper audits, TimeProvider time, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        var found = await audits.RunAsync(cancel);
        return Html.Of<AuditPage>(new AuditPage.View(await audits.LastAsync(cancel), found, time.GetElapsedTime(started)));
    }
}
