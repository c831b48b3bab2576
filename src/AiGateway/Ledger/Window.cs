using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>The fixed hourly window of one account: it opens at its first counted call and closes a period later.</summary>
/// <param name="Limit">Null: this hold does not count as a call.</param>
internal readonly record struct Window(CallLimit? Limit, long StartMs, int Calls)
{
    public bool IsFull => Limit is { } limit && Calls >= limit.Limit;

    /// <summary>0 where no window is open.</summary>
    public long ResetsAtMs => Limit is { } limit && Calls > 0 ? StartMs + limit.PeriodMs : 0;

    /// <summary>A clock that lags behind the window's start still finds it open: an old clock must not open a second one.</summary>
    public static Window Of(AccountRow account, CallLimit? limit, long nowMs) =>
        limit is { } rule && account.WindowCalls > 0 && nowMs - account.WindowStart < rule.PeriodMs
            ? new Window(limit, account.WindowStart, account.WindowCalls)
            : new Window(limit, nowMs, 0);

    public Window Count(long nowMs) => this with { StartMs = Calls == 0 ? nowMs : StartMs, Calls = Calls + 1 };

    public AccountRow WriteTo(AccountRow account) =>
        Limit is null ? account : account with { WindowStart = StartMs, WindowCalls = Calls };
}
