using AiGateway.Insights;

namespace AiGateway.Pages.Dashboard;

/// <summary>What /dashboard/usage shows. The filters stand in the address, so that it can be kept and sent on.</summary>
/// <param name="Action">Null: all.</param>
/// <param name="After">Where the list goes on; null: at the newest.</param>
internal sealed record UsageFilters(DateOnly From, DateOnly To, string? Action, string? After)
{
    /// <summary>The rows of the ledger that are meant, of this user and no other.</summary>
    public TransactionFilter Rows(string user) => new(
        user, From.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), To.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), Action, null);

    public string Query =>
        $"from={Formats.Iso(From)}&to={Formats.Iso(To)}{(Action is null ? "" : "&action=" + Uri.EscapeDataString(Action))}";
}

/// <param name="Problem">Why the filters that were asked for are not those that are shown; null: they are.</param>
internal sealed record UsageModel(UsageFilters Filters, DateOnly Today, UserUsage Usage, IReadOnlyList<string> Actions, Page<TransactionView> Rows, string? Problem);
