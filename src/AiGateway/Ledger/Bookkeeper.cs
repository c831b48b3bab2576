namespace AiGateway.Ledger;

/// <summary>The only door to the ledger. Every method throws <see cref="LedgerUnavailableException"/> when nothing could be written.</summary>
internal sealed class Bookkeeper
{
    public Task<HoldAnswer> HoldAsync(HoldRequest request, CancellationToken cancel) => throw new NotImplementedException();

    public Task<DispatchOutcome> DispatchAsync(HoldId hold, CancellationToken cancel) => throw new NotImplementedException();

    public Task<SettleAnswer> SettleAsync(HoldId hold, Charge charge, CancellationToken cancel) => throw new NotImplementedException();

    public Task<ReleaseAnswer> ReleaseAsync(HoldId hold, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>What a live stream has produced so far, in output tokens; stored every few seconds, never awaited.</summary>
    public void Seen(HoldId hold, long outputTokens) => throw new NotImplementedException();

    public Task<GrantAnswer> GrantAsync(GrantRequest request, CancellationToken cancel) => throw new NotImplementedException();

    public Task<RemovalAnswer> RemoveAsync(RemovalRequest request, CancellationToken cancel) => throw new NotImplementedException();

    public Task<RemovalAnswer> ClawBackAsync(ClawbackRequest request, CancellationToken cancel) => throw new NotImplementedException();

    public Task<SettleAnswer> ChargeExternalAsync(ExternalUsage usage, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Opens the account if it is new.</summary>
    public Task<Standing> OpenAsync(string userId, CancellationToken cancel) => throw new NotImplementedException();

    /// <returns>False where there is no such account.</returns>
    public Task<bool> SetStatusAsync(string userId, AccountStatus status, CancellationToken cancel) => throw new NotImplementedException();
}
