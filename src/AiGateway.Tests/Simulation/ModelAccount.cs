using AiGateway.Ledger;

namespace AiGateway.Tests.Simulation;

/// <summary>One grant, as the model sees it: each use has been taken off at once.</summary>
internal sealed class ModelLot
{
    public required string Key { get; init; }
    public required LotKind Kind { get; init; }
    public required long Granted { get; init; }
    public required int Number { get; init; }
    public long Left { get; set; }
    public long Expired { get; set; }
    public long TakenBack { get; set; }
    public long? ExpiresAt { get; init; }
    public long? PeriodStart { get; init; }
    public long? EndedAt { get; set; }
    /// <summary>It was used up before the present period.</summary>
    public bool IsOfThePast { get; set; }

    public bool IsOver(long now) => EndedAt is not null || ExpiresAt is { } end && end <= now;

    /// <summary>It still plays a part.</summary>
    public bool Matters => Left > 0 || !IsOfThePast;
}

internal sealed class ModelHold
{
    public required long Amount { get; init; }
    public required PresumedUse Presumed { get; init; }
    public HoldState State { get; set; }
    public long ExpiresAt { get; set; }
    public long? Seen { get; set; }
    public long Charged { get; set; }
    public long ChargedNano { get; set; }
    public bool IsOpen => State is HoldState.Held or HoldState.Dispatched;

    /// <summary>Tokens and cost to charge for a call of which nothing was heard.</summary>
    public (long Tokens, long Nano) Guess()
    {
        var tokens = Seen is { } seen ? Presumed.InputTokens + seen : Math.Min(Amount, Presumed.InputTokens + Presumed.DefaultOutputTokens);
        var input = Math.Min(tokens, Presumed.InputTokens);
        var millionths = (decimal)input * Presumed.InputNanoUsdPerMillion + (decimal)(tokens - input) * Presumed.OutputNanoUsdPerMillion;
        return (tokens, (long)decimal.Ceiling(millionths / 1_000_000m));
    }
}

/// <summary>One account as the rules in docs/money.md have it, with eager attribution; shares no code with the ledger.</summary>
internal sealed class ModelAccount(long now)
{
    private readonly List<ModelLot> _lots = [];

    public Dictionary<string, ModelHold> Holds { get; } = new(StringComparer.Ordinal);
    public IReadOnlyList<ModelLot> Lots => _lots;
    public bool IsSuspended { get; set; }
    public long Balance { get; private set; }
    public long Held { get; set; }
    /// <summary>Used, and covered by no lot.</summary>
    public long Owed { get; private set; }
    public long Rows { get; private set; }
    public long Allocation { get; private set; }
    public (long Start, int Calls) Window { get; set; }
    public long PeriodStart { get; private set; } = MonthOf(now).Start;
    public long PeriodEnd { get; private set; } = MonthOf(now).End;
    public long PeriodUsed { get; private set; }
    public bool IsPaidPeriod { get; private set; }
    /// <summary>When the account has to be looked at again.</summary>
    public long DueAt { get; set; } = MonthOf(now).End;
    /// <summary>When it was last looked at, a lot that is over still covered open holds.</summary>
    public bool HasLeftovers { get; private set; }

    public Standing Standing => new(Balance, Held, Allocation);

    public static (long Start, long End) MonthOf(long ms)
    {
        var day = DateTime.UnixEpoch.AddMilliseconds(ms);
        var first = new DateTime(day.Year, day.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        return (Ms(first), Ms(first.AddMonths(1)));

        static long Ms(DateTime at) => (at - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond;
    }

    /// <summary>A row of the ledger.</summary>
    public void Row(long used)
    {
        Balance -= used;
        Rows++;
    }

    public void Use(long tokens)
    {
        Row(tokens);
        PeriodUsed += tokens;
        Burn(tokens);
    }

    /// <summary>Takes tokens off the lots in their order; the rest is owed.</summary>
    public void Burn(long tokens)
    {
        foreach (var lot in _lots)
        {
            var part = Math.Min(lot.Left, tokens);
            lot.Left -= part;
            tokens -= part;
        }
        Owed += tokens;
    }

    public void Repay()
    {
        var owed = Owed;
        Owed = 0;
        Burn(owed);
    }

    public void Add(ModelLot lot)
    {
        var at = _lots.FindIndex(other => Follows(other, lot));
        _lots.Insert(at < 0 ? _lots.Count : at, lot);
    }

    public void ForgiveUse(long tokens) => PeriodUsed = Math.Max(0, PeriodUsed - tokens);

    public void EnterPaidPeriod(long start, long end)
    {
        if (start > PeriodStart)
        {
            Age();
            PeriodUsed = 0;
        }
        (PeriodStart, PeriodEnd, IsPaidPeriod) = (start, end, true);
    }

    public void Expire(long at)
    {
        var cover = Held;
        foreach (var lot in _lots.Where(lot => lot.IsOver(at)))
        {
            var stays = Math.Min(lot.Left, cover);
            var leaves = lot.Left - stays;
            cover -= stays;
            if (leaves == 0)
                continue;
            lot.Left = stays;
            lot.Expired += leaves;
            Row(leaves);
        }
    }

    public bool RunDue(long at)
    {
        if (DueAt > at)
            return false;
        Expire(at);
        if (PeriodEnd <= at)
        {
            Age();
            var month = MonthOf(at);
            (PeriodStart, PeriodEnd, PeriodUsed, IsPaidPeriod) = (Math.Max(month.Start, PeriodEnd), month.End, 0, false);
        }
        Look(at);
        return true;
    }

    /// <summary>Sees what follows from the lots as they are.</summary>
    public void Look(long at)
    {
        (Allocation, HasLeftovers, DueAt) = (0, false, PeriodEnd);
        foreach (var lot in _lots)
        {
            if (lot.IsOver(at))
                HasLeftovers |= lot.Left > 0;
            else if (lot.Matters)
                DueAt = Math.Min(DueAt, lot.ExpiresAt ?? long.MaxValue);
            if (!lot.IsOver(at) && !lot.IsOfThePast)
                Allocation += lot.Granted;
        }
    }

    public void Close(ModelHold hold, HoldState state)
    {
        hold.State = state;
        Held -= hold.Amount;
        if (HasLeftovers)
            DueAt = 0;
    }

    private void Age()
    {
        foreach (var lot in _lots.Where(lot => lot.Left == 0))
            lot.IsOfThePast = true;
    }

    private static bool Follows(ModelLot a, ModelLot b) =>
        (a.Kind, a.ExpiresAt ?? long.MaxValue, a.Number).CompareTo((b.Kind, b.ExpiresAt ?? long.MaxValue, b.Number)) > 0;
}
