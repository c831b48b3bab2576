using AiGateway.Accounts;
using AiGateway.Jobs;
using AiGateway.Ledger;
using AiGateway.Storage;
using AiGateway.Tests.Insights;
using AiGateway.Tests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Tests.Jobs;

/// <summary>Everything between a condition and the owner's inbox, as one node has it; several of them may share the database.</summary>
internal sealed class AlertBox(InsightsBox insights, AlertOptions? options = null, params AlertChannel[] channels)
{
    private static readonly AlertOptions Quiet = new();

    public AlertBook Book { get; } = new(insights.Ledger.Database.Connections, insights.Database, options ?? Quiet, insights.Ledger.Clock, NullLogger<AlertBook>.Instance);

    public Task LookAsync(bool mayAudit = false) => Watch().LookAsync(mayAudit, LedgerBox.Cancel);

    public Task SendAsync() => new AlertPost(Book, channels, insights.Ledger.Clock, NullLogger<AlertPost>.Instance).SendDueAsync(LedgerBox.Cancel);

    /// <summary>A user in the middle of a paid period.</summary>
    public static async Task SubscribeAsync(InsightsBox box, string user, string plan, DateTimeOffset start, DateTimeOffset end)
    {
        await box.Ledger.Books.GrantAsync(new GrantRequest(
            user, 600_000, LotKind.Subscription, "subscription_grant", $"sub:{user}:{start:yyyyMMdd}", end.ToUnixTimeMilliseconds(), start.ToUnixTimeMilliseconds(), end.ToUnixTimeMilliseconds()), LedgerBox.Cancel);
        box.Pay($"sub:{user}:{start:yyyyMMdd}", user, plan, 10_900, start.UtcDateTime, end.UtcDateTime, start.UtcDateTime);
    }

    public static Task UseAsync(InsightsBox box, string user, long tokens, string key, string model = "gpt-4o", long cost = 0) =>
        box.Ledger.Books.ChargeExternalAsync(new ExternalUsage(user, "chat", key, LedgerBox.Charge(tokens, cost) with { Model = model }, null), LedgerBox.Cancel);

    private AlertWatch Watch()
    {
        var connections = insights.Ledger.Database.Connections;
        return new AlertWatch(
            insights.Alerts, insights.Business, new AuditKeeper(insights.Ledger.Audit, insights.Ledger.Writer, connections, insights.Ledger.Clock, NullLogger<AuditKeeper>.Instance),
            new KeyListVersion(connections, insights.Ledger.Clock, NullLogger<KeyListVersion>.Instance), Book,
            new Leases(connections, insights.Ledger.Clock), insights.Ledger.Clock, NullLogger<AlertWatch>.Instance);
    }
}
