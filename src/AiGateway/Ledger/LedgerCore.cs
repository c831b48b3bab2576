using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>
/// Every decision about tokens, and nothing else: no I/O, no clock, no state of its own. Facts and a command go in, the rows as
/// they shall be come out. What throws (an overflow, an impossible amount) has changed nothing.
/// </summary>
internal static class LedgerCore
{
    /// <exception cref="ArgumentOutOfRangeException">An amount that no caller may ask for.</exception>
    /// <exception cref="OverflowException">A balance that does not fit.</exception>
    public static Decision Decide(LedgerFacts facts, LedgerCommand command, long nowMs, LedgerLimits limits)
    {
        var draft = new Draft(facts, nowMs, limits);
        object answer = command switch
        {
            HoldCommand c => HoldMoves.Hold(draft, c.Request),
            DispatchCommand => HoldMoves.Dispatch(draft),
            RenewCommand or DeferCommand => HoldMoves.Renew(draft),
            CheckpointCommand c => HoldMoves.Checkpoint(draft, c.OutputTokens),
            SettleCommand c => ChargeMoves.Settle(draft, c.Charge),
            ReleaseCommand => HoldMoves.Release(draft),
            ExpireHoldCommand => ChargeMoves.ExpireHold(draft),
            ChargeExternalCommand c => ChargeMoves.ChargeExternal(draft, c.Use),
            GrantCommand c => GrantMoves.Grant(draft, c.Request),
            RemoveCommand c => RemovalMoves.Remove(draft, c.Request),
            ClawBackCommand c => RemovalMoves.ClawBack(draft, c.Request),
            TakeBackCommand c => TakeBackMoves.TakeBack(draft, c.Request),
            EndLotCommand c => TakeBackMoves.End(draft, c.Lot),
            ImportCommand c => ImportMoves.Import(draft, c.Request),
            RunDueCommand => draft.HasAccount && LotMoves.RunDue(draft),
            OpenCommand c => Open(draft, c.Account),
            SetStatusCommand c => SetStatus(draft, c.Status),
            _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "The core knows no such move."),
        };
        if (draft.HasAccount)
            foreach (var note in command.Objects)
                draft.Note(note, command.RequestId);
        return draft.Decide(answer);
    }

    /// <summary>Settles on their usual way never touch lots; only what changes the set of lots, or meets something due, reads them.</summary>
    public static bool NeedsLots(AccountRow account, TokenHoldRow? hold, LedgerCommand command, long nowMs) => command switch
    {
        _ when AlwaysNeedsLots(command) => true,
        SettleCommand => account.NextDueAt <= nowMs || hold is { State: (int)HoldState.Presumed },
        ReleaseCommand => hold is { State: (int)HoldState.Presumed },
        HoldCommand or ExpireHoldCommand or ChargeExternalCommand or RunDueCommand => account.NextDueAt <= nowMs,
        _ => false,
    };

    /// <summary>Moves that change the set of lots.</summary>
    public static bool AlwaysNeedsLots(LedgerCommand command) =>
        command is GrantCommand or RemoveCommand or ClawBackCommand or TakeBackCommand or EndLotCommand or ImportCommand;

    private static object Open(Draft draft, string userId)
    {
        draft.Open(userId);
        return draft.Standing;
    }

    private static object SetStatus(Draft draft, AccountStatus status)
    {
        if (!draft.HasAccount)
            return false;
        if (status != AccountStatus.Frozen || draft.Account.Status == (int)AccountStatus.Active)
            draft.Account = draft.Account with { Status = (int)status };
        return true;
    }
}
