namespace AiGateway.Ledger;

/// <summary>One move, asked for. A closed family: the core knows each of them.</summary>
/// <param name="UserId">Whose account; null where only the lot's source key is known (a clawback).</param>
/// <param name="RequestId">The hold concerned, or null.</param>
/// <param name="SourceKey">The key that makes the move happen once, or null.</param>
internal abstract record LedgerCommand(string? UserId, string? RequestId = null, string? SourceKey = null)
{
    /// <summary>A new call asks to be let in: refused first when the queue is long, so that settles still find room.</summary>
    public virtual bool IsAdmission => false;

    /// <summary>
    /// The answer where a commit was lost on its way back and the move was run again: the first run's hold is this call's own.
    /// Every other move says by itself that it was done before, which its callers take for done.
    /// </summary>
    /// <param name="first">What would have been answered, had the commit been heard of.</param>
    public virtual object? AnswerAgain(object? first, object? second) => second;

    /// <summary>Noted in the same transaction, for an account that there is.</summary>
    public virtual IReadOnlyList<ObjectNote> Objects => [];

    /// <summary>The lot that the move is about, whose account is then the one concerned; null: an account is named instead.</summary>
    public virtual string? LotSourceKey => null;
}

/// <typeparam name="TAnswer">What the core answers to it.</typeparam>
internal abstract record LedgerCommand<TAnswer>(string? UserId, string? RequestId = null, string? SourceKey = null)
    : LedgerCommand(UserId, RequestId, SourceKey);

internal sealed record HoldCommand(HoldRequest Request) : LedgerCommand<HoldAnswer>(Request.Id.UserId, Request.Id.RequestId)
{
    public override bool IsAdmission => true;

    public override object? AnswerAgain(object? first, object? second) =>
        first is HoldAnswer { Outcome: HoldOutcome.Held } && second is HoldAnswer { Outcome: HoldOutcome.AlreadyHeld } done
            ? done with { Outcome = HoldOutcome.Held } : second;
}

internal sealed record DispatchCommand(HoldId Id) : LedgerCommand<DispatchOutcome>(Id.UserId, Id.RequestId);

/// <summary>A live call's sign of life: its hold's time starts again. Answers false where the hold is closed or unknown.</summary>
internal sealed record RenewCommand(HoldId Id) : LedgerCommand<bool>(Id.UserId, Id.RequestId);

/// <summary>What a live stream has produced so far. Answers false where the hold is closed or unknown.</summary>
internal sealed record CheckpointCommand(HoldId Id, long OutputTokens) : LedgerCommand<bool>(Id.UserId, Id.RequestId);

internal sealed record SettleCommand(HoldId Id, Charge Charge, IReadOnlyList<ObjectNote>? Notes = null) : LedgerCommand<SettleAnswer>(Id.UserId, Id.RequestId)
{
    public override IReadOnlyList<ObjectNote> Objects => Notes ?? [];
}

internal sealed record ReleaseCommand(HoldId Id, IReadOnlyList<ObjectNote>? Notes = null) : LedgerCommand<ReleaseAnswer>(Id.UserId, Id.RequestId)
{
    public override IReadOnlyList<ObjectNote> Objects => Notes ?? [];
}

/// <summary>The call was answered and its work goes on at the provider: the hold stays open. Answers false where it is closed already.</summary>
internal sealed record DeferCommand(HoldId Id, IReadOnlyList<ObjectNote> Notes) : LedgerCommand<bool>(Id.UserId, Id.RequestId)
{
    public override IReadOnlyList<ObjectNote> Objects => Notes;
}

internal enum ExpireOutcome
{
    /// <summary>Never sent: the tokens are free again.</summary>
    Released,
    /// <summary>Sent, and nobody reported its usage: charged by presumption.</summary>
    Presumed,
    /// <summary>Closed, renewed or unknown: nothing changed.</summary>
    NotDue,
}

internal sealed record ExpireHoldCommand(HoldId Id) : LedgerCommand<ExpireOutcome>(Id.UserId, Id.RequestId);

/// <summary>Expires lots whose time has come and begins the next period. Answers false where nothing was due.</summary>
internal sealed record RunDueCommand(string Account) : LedgerCommand<bool>(Account);

internal sealed record GrantCommand(GrantRequest Request) : LedgerCommand<GrantAnswer>(Request.UserId, SourceKey: Request.SourceKey);

internal sealed record RemoveCommand(RemovalRequest Request) : LedgerCommand<RemovalAnswer>(Request.UserId, SourceKey: Request.SourceKey);

internal sealed record ClawBackCommand(ClawbackRequest Request) : LedgerCommand<RemovalAnswer>(null, SourceKey: Request.SourceKey)
{
    public override string? LotSourceKey => Request.LotSourceKey;
}

internal sealed record TakeBackCommand(TakeBackRequest Request) : LedgerCommand<TakeBackAnswer>(null, SourceKey: Request.SourceKey)
{
    public override string? LotSourceKey => Request.LotSourceKey;
}

/// <summary>Ends a lot before its time, as its successor would. Answers false where it was over, or is not there.</summary>
internal sealed record EndLotCommand(string Lot) : LedgerCommand<bool>(UserId: null)
{
    public override string? LotSourceKey => Lot;
}

internal sealed record ChargeExternalCommand(ExternalUsage Use) : LedgerCommand<SettleAnswer>(Use.UserId, SourceKey: Use.SourceKey);

internal sealed record ImportCommand(ImportRequest Request) : LedgerCommand<ImportAnswer>(Request.UserId, SourceKey: Request.SourceKey);

internal sealed record OpenCommand(string Account) : LedgerCommand<Standing>(Account);

internal sealed record SetStatusCommand(string Account, AccountStatus Status) : LedgerCommand<bool>(Account);
