using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AiGateway.Storage;
using AiGateway.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <param name="Id">Follows from kind, subject, threshold and period: the same alert has the same id everywhere.</param>
/// <param name="State">waiting, sent or given_up; without a channel besides the log: sent.</param>
internal sealed record AlertView(
    string Id, string Kind, string Subject, long Threshold, long Value, DateTime PeriodStart, string Message, DateTime RaisedAt, string State, string? Note)
{
    private static readonly string[] States = ["waiting", "sent", "given_up"];

    public static AlertView Of(AlertRow row) => new(
        IdOf(row), row.Kind, row.Subject, row.Threshold, row.Value, Words.Time(row.PeriodStart), row.Message, Words.Time(row.RaisedAt), States[row.State], row.Note);

    private static string IdOf(AlertRow row) => "alert_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{row.Kind}\n{row.Threshold}\n{row.PeriodStart}\n{row.Subject}"))))[..32];
}

/// <summary>Somebody who used more in his paid period than his plan's alert figure.</summary>
/// <param name="PeriodStartMs">When the period began.</param>
internal sealed record HeavyUser(string UserId, PlanAim Plan, long Used, long PeriodStartMs);

/// <summary>Somebody who paid for two subscriptions at once.</summary>
/// <param name="PeriodStartMs">When the second one's period began.</param>
internal sealed record TwiceSubscribed(string UserId, string FirstId, string SecondId, long PeriodStartMs);

/// <summary>What the owner was told, and whom he has not been told of yet.</summary>
internal sealed class AlertReader(IDbContextFactory<GatewayDb> database, BusinessAims aims, TimeProvider time)
{
    public const string HeavyUserKind = "heavy_user", DoubleSubscriptionKind = "double_subscription";

    /// <summary>One look's worth; the next look finds the next ones, because those who were told of are left out.</summary>
    private const int MostHeavyUsers = 200;

    private const int SubscriptionPeriod = 1;

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<AlertView>> NewestAsync(int limit, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var rows = await db.Alerts.OrderByDescending(a => a.RaisedAt).ThenBy(a => a.Kind).ThenBy(a => a.Subject).Take(limit).ToListAsync(cancel);
        return [.. rows.Select(AlertView.Of)];
    }

    /// <summary>Second subscriptions of which no alert speaks yet.</summary>
    public async Task<IReadOnlyList<TwiceSubscribed>> TwiceSubscribedAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await (
            from s in db.Subscriptions
            where s.SecondOf != null && !db.Alerts.Any(told => told.Kind == DoubleSubscriptionKind && told.Subject == s.UserId && told.PeriodStart == s.PeriodStart)
            orderby s.SubscriptionId
            select new TwiceSubscribed(s.UserId, s.SecondOf ?? "", s.SubscriptionId, s.PeriodStart)).Take(MostHeavyUsers).ToListAsync(cancel);
    }

    /// <summary>Users beyond their plan's figure in the period that they paid for and that runs, of whom no alert speaks yet.</summary>
    public async Task<IReadOnlyList<HeavyUser>> HeavyUsersAsync(CancellationToken cancel)
    {
        var plans = aims.Plans().ToDictionary(plan => plan.Id, StringComparer.Ordinal);
        if (plans.Count == 0)
            return [];
        var (least, now) = (plans.Values.Min(plan => plan.AlertTokens), time.GetUtcNow().ToUnixTimeMilliseconds());
        await using var db = database.CreateDbContext();
        var heavy = await (
            from a in db.Accounts
            where a.PeriodKind == SubscriptionPeriod && a.PeriodUsed > least && a.PeriodEnd > now
            where !db.Alerts.Any(told => told.Kind == HeavyUserKind && told.Subject == a.UserId && told.PeriodStart == a.PeriodStart)
            // Whoever moved to a dearer plan within the period is watched by the newer one.
            let plan = db.Payments.Where(p => p.UserId == a.UserId && p.PeriodStart == a.PeriodStart).OrderByDescending(p => p.CreatedAt).Select(p => p.OfferId).FirstOrDefault()
            where plan != null
            orderby a.PeriodUsed descending
            select new { a.UserId, a.PeriodUsed, a.PeriodStart, Plan = plan }).Take(MostHeavyUsers).ToListAsync(cancel);
        return [.. from user in heavy
                   let plan = plans.GetValueOrDefault(user.Plan)
                   where plan is not null && user.PeriodUsed > plan.AlertTokens
                   select new HeavyUser(user.UserId, plan, user.PeriodUsed, user.PeriodStart)];
    }
}
