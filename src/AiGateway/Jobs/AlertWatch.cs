using System.Globalization;
using AiGateway.Accounts;
using AiGateway.Insights;
using AiGateway.Ledger;
using AiGateway.Storage.Tables;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Jobs;

/// <summary>Looks for what the owner wants to hear of: users beyond their plan's figure, users who pay twice, a margin below its target, models without a price, books that do not balance.</summary>
internal sealed class AlertWatch(
    AlertReader users, BusinessReader business, AuditKeeper audits, KeyListVersion version, AlertBook book, Leases leases, TimeProvider time, ILogger<AlertWatch> log) : BackgroundService
{
    /// <summary>One node looks for all. Two would do no harm: an alert is raised once.</summary>
    private const string Lease = "alerts";

    /// <summary>Users are told of while they can still be talked to: one query that reads accounts alone.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    /// <summary>Figures of the month read its whole rollup.</summary>
    private static readonly TimeSpan FiguresEvery = TimeSpan.FromMinutes(10);

    /// <summary>An audit reads the whole ledger.</summary>
    private static readonly TimeSpan AuditEvery = TimeSpan.FromHours(6);

    /// <summary>A start is busy enough.</summary>
    private static readonly TimeSpan FirstAuditAfter = TimeSpan.FromMinutes(5);

    /// <summary>Before a day of the month is over its margin is an accident.</summary>
    private static readonly TimeSpan YoungestMonth = TimeSpan.FromDays(1);

    private DateTimeOffset _figuresAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = time.GetUtcNow();
        using var timer = new PeriodicTimer(Step, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await leases.TakeAsync(Lease, Step * 3, stoppingToken))
                    await LookAsync(mayAudit: time.GetUtcNow() - started >= FirstAuditAfter, stoppingToken);
            }
            catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(failed, "Alerts cannot be looked for; the next step tries again");
            }
        }
    }

    /// <summary>One round.</summary>
    internal async Task LookAsync(bool mayAudit, CancellationToken cancel)
    {
        foreach (var user in await users.HeavyUsersAsync(cancel))
            await book.RaiseAsync(Of(user), cancel);
        foreach (var twice in await users.TwiceSubscribedAsync(cancel))
            await book.RaiseAsync(Of(twice), cancel);
        if (time.GetUtcNow() - _figuresAt >= FiguresEvery)
        {
            await LookAtFiguresAsync(cancel);
            _figuresAt = time.GetUtcNow();
        }
        await LookAtBooksAsync(mayAudit, cancel);
    }

    private async Task LookAtFiguresAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var month = Shares.StartOfMonth(now);
        var (money, unpriced) = await business.MoneyAsync(month, null, cancel);
        foreach (var model in unpriced)
            await book.RaiseAsync(Alert("price_missing", model, 0, month, 0,
                $"Model {model} has no price: it is charged at the ceiling price, and this month's margin is not known. Add it to config/prices.json."), cancel);
        if (now - month >= YoungestMonth && money.MarginPercent is { } margin && margin < BusinessAims.MarginTargetPercent)
            await book.RaiseAsync(Alert("margin_low", "", (long)BusinessAims.MarginTargetPercent, month, (long)decimal.Floor(margin),
                $"The margin of {month:yyyy-MM} is {margin}%, below {BusinessAims.MarginTargetPercent}%: ${money.CostUsd} went to the provider of ${money.RevenueUsd} earned so far."), cancel);
    }

    private async Task LookAtBooksAsync(bool mayAudit, CancellationToken cancel)
    {
        var last = await audits.LastAsync(cancel);
        if (mayAudit && (last is null || time.GetUtcNow().UtcDateTime - last.At >= AuditEvery))
        {
            if ((await audits.RunAsync(cancel)).Count > 0)
                await version.RaiseAsync(cancel);
            last = await audits.LastAsync(cancel);
        }
        if (last is not { Violations: > 0 })
            return;
        foreach (var user in await audits.FrozenAsync(cancel))
            await book.RaiseAsync(Alert("account_frozen", user, 0, last.At.Date, last.Violations,
                $"The books of user {user} do not balance: the account is frozen, and calls are refused. Run `audit` for the rows; when the reason is known, resume the user."), cancel);
        await book.RaiseAsync(Alert("books_unbalanced", "", 0, last.At.Date, last.Violations,
                string.Create(CultureInfo.InvariantCulture, $"The books do not balance: the audit of {last.At:yyyy-MM-dd HH:mm} UTC found {last.Violations} violations. Run `audit` for the rows.")), cancel);
    }

    private static AlertRow Of(HeavyUser user) => Alert(AlertReader.HeavyUserKind, user.UserId, user.Plan.AlertTokens, DateTimeOffset.FromUnixTimeMilliseconds(user.PeriodStartMs).UtcDateTime, user.Used,
        string.Create(CultureInfo.InvariantCulture, $"User {user.UserId} of plan {user.Plan.Name} has used {user.Used:N0} tokens in the period that began on {DateTimeOffset.FromUnixTimeMilliseconds(user.PeriodStartMs):yyyy-MM-dd}: more than {user.Plan.AlertTokens:N0}."));

    private static AlertRow Of(TwiceSubscribed twice) => Alert(AlertReader.DoubleSubscriptionKind, twice.UserId, 0, DateTimeOffset.FromUnixTimeMilliseconds(twice.PeriodStartMs).UtcDateTime, 0,
        $"User {twice.UserId} subscribed a second time: {twice.SecondId} beside {twice.FirstId}. It is cancelled at Stripe, grants nothing, and what was paid for its running period goes back.");

    private static AlertRow Alert(string kind, string subject, long threshold, DateTime periodStart, long value, string message) => new()
    {
        Kind = kind, Subject = subject, Threshold = threshold, PeriodStart = new DateTimeOffset(periodStart, TimeSpan.Zero).ToUnixTimeMilliseconds(), Value = value, Message = message,
    };
}
