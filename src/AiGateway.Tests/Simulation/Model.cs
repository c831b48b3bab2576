using AiGateway.Ledger;

namespace AiGateway.Tests.Simulation;

/// <summary>Predicts every answer of the ledger from the rules in docs/money.md. Written apart from it: it shares the words of questions and answers, and no rule.</summary>
internal sealed class Model(long holdExpiryMs)
{
    private sealed record Done(string Asked, long Tokens);

    private readonly Dictionary<string, ModelAccount> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string User, ModelLot Lot)> _lots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Done> _done = new(StringComparer.Ordinal);
    private int _number;

    public IReadOnlyDictionary<string, ModelAccount> Accounts => _accounts;

    public string? UserOf(LedgerCommand command) =>
        command.UserId ?? (command.LotSourceKey is { } key && _lots.TryGetValue(key, out var lot) ? lot.User : null);

    /// <returns>The answer, or the type of the exception that the command gets instead.</returns>
    public object Run(LedgerCommand command, long now) => command switch
    {
        HoldCommand c => Hold(c.Request, now),
        DispatchCommand c => Dispatch(c.Id, now),
        RenewCommand or DeferCommand => Renew(command, now),
        CheckpointCommand c => Checkpoint(c),
        SettleCommand c => Settle(c, now),
        ReleaseCommand c => Release(c.Id, now),
        ExpireHoldCommand c => ExpireHold(c.Id, now),
        RunDueCommand c => Find(c.Account) is { } account && account.RunDue(now),
        GrantCommand c => Grant(c.Request, now),
        RemoveCommand c => Remove(c.Request, now),
        ClawBackCommand c => ClawBack(c.Request, now),
        TakeBackCommand c => TakeBack(c.Request, now),
        EndLotCommand c => EndLot(c.Lot, now),
        ChargeExternalCommand c => External(c.Use, now),
        OpenCommand c => Open(c.Account, now).Standing,
        SetStatusCommand c => SetStatus(c),
        _ => throw new NotSupportedException($"The model knows no {command.GetType().Name}."),
    };

    /// <summary>The answer that is due where the first one was not heard.</summary>
    public static object Again(object? first, object second) =>
        first is HoldAnswer { Outcome: HoldOutcome.Held } && second is HoldAnswer { Outcome: HoldOutcome.AlreadyHeld } held ? held with { Outcome = HoldOutcome.Held } : second;

    private ModelAccount? Find(string? user) => user is null ? null : _accounts.GetValueOrDefault(user);

    private ModelHold? FindHold(HoldId id) => Find(id.UserId)?.Holds.GetValueOrDefault(id.RequestId);

    private ModelAccount Open(string user, long now)
    {
        if (!_accounts.TryGetValue(user, out var account))
            _accounts[user] = account = new ModelAccount(now);
        return account;
    }

    private object Hold(HoldRequest request, long now)
    {
        if (request.Amount < 0)
            return typeof(ArgumentOutOfRangeException);
        var account = Open(request.Id.UserId, now);
        account.RunDue(now);
        var (start, calls) = account.Window;
        if (request.CallLimit is not { } limit || calls == 0 || now - start >= limit.PeriodMs)
            (start, calls) = (now, 0);
        var outcome = account switch
        {
            { IsSuspended: true } => HoldOutcome.Suspended,
            _ when account.Holds.ContainsKey(request.Id.RequestId) => HoldOutcome.AlreadyHeld,
            _ when request.CallLimit is { } most && calls >= most.Limit => HoldOutcome.RateLimited,
            _ when request.Amount > account.Balance => HoldOutcome.Insufficient,
            _ when request.Amount > account.Balance - account.Held => HoldOutcome.HeldByOthers,
            _ => HoldOutcome.Held,
        };
        if (outcome == HoldOutcome.Held)
        {
            calls++;
            if (request.CallLimit is not null)
                account.Window = (start, calls);
            account.Held += request.Amount;
            account.Holds[request.Id.RequestId] = new ModelHold
            {
                Amount = request.Amount, Presumed = request.Presumed, ExpiresAt = now + holdExpiryMs,
                State = request.GoesUpAtOnce ? HoldState.Dispatched : HoldState.Held,
            };
        }
        return new HoldAnswer(outcome, account.Standing, calls, request.CallLimit is { } rule && calls > 0 ? start + rule.PeriodMs : 0);
    }

    private object Dispatch(HoldId id, long now)
    {
        if (FindHold(id) is not { IsOpen: true } hold || hold.ExpiresAt <= now)
            return DispatchOutcome.NotHeld;
        hold.State = HoldState.Dispatched;
        hold.ExpiresAt = Math.Max(hold.ExpiresAt, now + holdExpiryMs);
        return DispatchOutcome.Dispatched;
    }

    private object Renew(LedgerCommand command, long now)
    {
        if (FindHold(new HoldId(command.UserId ?? "", command.RequestId ?? "")) is not { IsOpen: true } hold)
            return false;
        hold.ExpiresAt = Math.Max(hold.ExpiresAt, now + holdExpiryMs);
        return true;
    }

    private object Checkpoint(CheckpointCommand command)
    {
        if (FindHold(command.Id) is not { IsOpen: true } hold)
            return false;
        hold.Seen = Math.Max(hold.Seen ?? 0, command.OutputTokens);
        return true;
    }

    private object Settle(SettleCommand command, long now)
    {
        var (account, hold, charge) = (Find(command.Id.UserId), FindHold(command.Id), command.Charge);
        if (account is null || hold is null)
            return new SettleAnswer(SettleOutcome.Unknown, 0, account?.Standing ?? default);
        if (hold.State == HoldState.Settled)
            return new SettleAnswer(SettleOutcome.AlreadySettled, hold.Charged, account.Standing);
        if (hold.State == HoldState.Presumed)
        {
            Correct(account, command.Id, hold, charge.Tokens, charge.CostNanoUsd, now);
            return new SettleAnswer(SettleOutcome.Corrected, hold.Charged, account.Standing);
        }
        account.RunDue(now);
        var isLate = !hold.IsOpen;
        if (isLate)
            hold.State = HoldState.Settled;
        else
            account.Close(hold, HoldState.Settled);
        account.Use(charge.Tokens);
        (hold.Charged, hold.ChargedNano) = (charge.Tokens, charge.CostNanoUsd);
        return new SettleAnswer(isLate ? SettleOutcome.SettledLate : SettleOutcome.Settled, charge.Tokens, account.Standing);
    }

    private object Release(HoldId id, long now)
    {
        var (account, hold) = (Find(id.UserId), FindHold(id));
        if (account is null || hold is null)
            return new ReleaseAnswer(ReleaseOutcome.Unknown, account?.Standing ?? default);
        if (hold.State == HoldState.Presumed)
        {
            Correct(account, id, hold, 0, 0, now);
            return new ReleaseAnswer(ReleaseOutcome.Corrected, account.Standing);
        }
        if (!hold.IsOpen)
            return new ReleaseAnswer(ReleaseOutcome.AlreadyClosed, account.Standing);
        account.Close(hold, HoldState.Released);
        return new ReleaseAnswer(ReleaseOutcome.Released, account.Standing);
    }

    private object ExpireHold(HoldId id, long now)
    {
        var (account, hold) = (Find(id.UserId), FindHold(id));
        if (account is null || hold is not { IsOpen: true } || hold.ExpiresAt > now)
            return ExpireOutcome.NotDue;
        account.RunDue(now);
        if (hold.State == HoldState.Held)
        {
            account.Close(hold, HoldState.Expired);
            return ExpireOutcome.Released;
        }
        account.Close(hold, HoldState.Presumed);
        (hold.Charged, hold.ChargedNano) = hold.Guess();
        account.Use(hold.Charged);
        return ExpireOutcome.Presumed;
    }

    private void Correct(ModelAccount account, HoldId id, ModelHold hold, long tokens, long nano, long now)
    {
        account.RunDue(now);
        var (more, moreNano) = (tokens - hold.Charged, nano - hold.ChargedNano);
        (hold.State, hold.Charged, hold.ChargedNano) = (HoldState.Settled, tokens, nano);
        if (more >= 0)
        {
            if (more > 0 || moreNano != 0)
                account.Use(more);
            return;
        }
        Add(account, id.UserId, new ModelLot
        {
            Key = $"correction of {id.RequestId}", Kind = LotKind.Pack, Granted = -more, Left = -more, Number = ++_number, IsOfThePast = true,
        });
        account.Row(more);
        account.ForgiveUse(-more);
        account.Repay();
        account.Look(now);
    }

    private object Grant(GrantRequest request, long now)
    {
        if (request.Tokens <= 0)
            return typeof(ArgumentOutOfRangeException);
        if (_done.TryGetValue(request.SourceKey, out var done))
            return new GrantAnswer(done.Asked == $"{request with { Metadata = null }}" ? GrantOutcome.AlreadyGranted : GrantOutcome.Conflict, 0, Find(request.UserId)?.Standing ?? default);
        if (Find(request.UserId) is { } known && known.Balance > long.MaxValue - request.Tokens)
            return typeof(OverflowException);
        var account = Open(request.UserId, now);
        account.RunDue(now);
        var isLate = request.PeriodStartMs is { } start
            && (account.IsPaidPeriod && start < account.PeriodStart
                || account.Lots.Any(lot => lot.Matters && lot.Kind == LotKind.Subscription && lot.PeriodStart > start));
        if (request.ActionType is "subscription_grant" or "renewal_grant" && !isLate)
        {
            foreach (var lot in account.Lots.Where(lot => lot.Kind == LotKind.Subscription && lot.Matters && !lot.IsOver(now)))
                lot.EndedAt = now;
            account.Expire(now);
        }
        if (request is { PeriodStartMs: { } from, PeriodEndMs: { } to } && !isLate && to > now)
            account.EnterPaidPeriod(from, to);
        Add(account, request.UserId, new ModelLot
        {
            Key = request.SourceKey, Kind = request.Kind, Granted = request.Tokens, Left = request.Tokens, Number = ++_number, ExpiresAt = request.ExpiresAtMs,
            PeriodStart = request.PeriodStartMs, EndedAt = isLate && request.Kind == LotKind.Subscription ? now : null,
        });
        account.Row(-request.Tokens);
        account.Repay();
        account.Expire(now);
        account.Look(now);
        _done[request.SourceKey] = new Done($"{request with { Metadata = null }}", request.Tokens);
        return new GrantAnswer(GrantOutcome.Granted, 0, account.Standing);
    }

    private object Remove(RemovalRequest request, long now)
    {
        var account = Find(request.UserId);
        if (_done.TryGetValue(request.SourceKey, out var done))
            return Removed(done, $"{request with { Metadata = null }}", account);
        if (account is null)
            return new RemovalAnswer(RemovalOutcome.Unknown, 0, default);
        account.RunDue(now);
        if (account.Balance - account.Held < request.Tokens)
            return new RemovalAnswer(RemovalOutcome.Insufficient, 0, account.Standing);
        account.Row(request.Tokens);
        account.Burn(request.Tokens);
        account.Look(now);
        _done[request.SourceKey] = new Done($"{request with { Metadata = null }}", request.Tokens);
        return new RemovalAnswer(RemovalOutcome.Removed, request.Tokens, account.Standing);
    }

    private object ClawBack(ClawbackRequest request, long now)
    {
        var (account, lot) = FindLot(request.LotSourceKey);
        if (_done.TryGetValue(request.SourceKey, out var done))
            return Removed(done, $"{request with { Metadata = null }}", account);
        if (account is null || lot is null)
            return new RemovalAnswer(RemovalOutcome.Unknown, 0, default);
        account.RunDue(now);
        var tokens = Math.Min(request.Tokens, lot.Granted - lot.Expired - lot.TakenBack);
        Take(account, lot, tokens);
        account.Look(now);
        _done[request.SourceKey] = new Done($"{request with { Metadata = null }}", tokens);
        return new RemovalAnswer(RemovalOutcome.Removed, tokens, account.Standing);
    }

    private object TakeBack(TakeBackRequest request, long now)
    {
        var (account, lot) = FindLot(request.LotSourceKey);
        if (account is null || lot is null)
            return new TakeBackAnswer(false, 0, default);
        account.RunDue(now);
        var missing = Math.Min(request.Total, lot.Granted - lot.Expired) - lot.TakenBack;
        var change = request.Mode switch
        {
            TakeBackMode.AtLeast => Math.Max(0, missing),
            TakeBackMode.UnusedOnly => Math.Max(0, Math.Min(missing, lot.Left)),
            _ => missing,
        };
        if (change > 0)
            Take(account, lot, change);
        else if (change < 0)
        {
            lot.Left -= change;
            lot.TakenBack += change;
            account.Row(change);
            account.Repay();
            account.Expire(now);
        }
        if (change != 0)
        {
            account.Look(now);
            _done[_done.ContainsKey(request.SourceKey) ? $"{request.SourceKey}#{account.Rows}" : request.SourceKey] = new Done("taken back", Math.Abs(change));
        }
        return new TakeBackAnswer(true, change, account.Standing);
    }

    private object EndLot(string key, long now)
    {
        var (account, lot) = FindLot(key);
        if (account is null || lot is null)
            return false;
        account.RunDue(now);
        if (lot.IsOver(now))
            return false;
        lot.EndedAt = now;
        account.Expire(now);
        account.Look(now);
        return true;
    }

    private object External(ExternalUsage use, long now)
    {
        var asked = $"external {use.UserId} {use.ActionType} {use.Charge.Model} {use.Charge.PromptTokens} {use.Charge.CompletionTokens}";
        if (_done.TryGetValue(use.SourceKey, out var done))
            return done.Asked == asked
                ? new SettleAnswer(SettleOutcome.AlreadySettled, done.Tokens, Find(use.UserId)?.Standing ?? default)
                : new SettleAnswer(SettleOutcome.Conflict, 0, Find(use.UserId)?.Standing ?? default);
        var account = Open(use.UserId, now);
        account.RunDue(now);
        account.Use(use.Charge.Tokens);
        _done[use.SourceKey] = new Done(asked, use.Charge.Tokens);
        return new SettleAnswer(SettleOutcome.Settled, use.Charge.Tokens, account.Standing);
    }

    private object SetStatus(SetStatusCommand command)
    {
        if (Find(command.Account) is not { } account)
            return false;
        account.IsSuspended = command.Status == AccountStatus.Suspended;
        return true;
    }

    /// <summary>What is left of the lot first; the rest is burnt like a use.</summary>
    private static void Take(ModelAccount account, ModelLot lot, long tokens)
    {
        var here = Math.Min(tokens, lot.Left);
        lot.Left -= here;
        lot.TakenBack += tokens;
        if (tokens > 0)
            account.Row(tokens);
        account.Burn(tokens - here);
    }

    private static RemovalAnswer Removed(Done done, string asked, ModelAccount? account) => done.Asked == asked
        ? new RemovalAnswer(RemovalOutcome.AlreadyRemoved, done.Tokens, account?.Standing ?? default)
        : new RemovalAnswer(RemovalOutcome.Conflict, 0, account?.Standing ?? default);

    private (ModelAccount?, ModelLot?) FindLot(string key) =>
        _lots.TryGetValue(key, out var found) ? (_accounts[found.User], found.Lot) : (null, null);

    private void Add(ModelAccount account, string user, ModelLot lot)
    {
        account.Add(lot);
        _lots[lot.Key] = (user, lot);
    }
}
