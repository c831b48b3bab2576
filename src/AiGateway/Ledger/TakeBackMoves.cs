using System.Globalization;
using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>What happens to one lot after it was granted: money that went back takes its tokens along, a cancelled plan ends.</summary>
internal static class TakeBackMoves
{
    public static object TakeBack(Draft draft, TakeBackRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(request.Total);
        if (!draft.HasAccount)
            return new TakeBackAnswer(false, 0, default);
        LotMoves.RunDue(draft);
        LotMoves.Flush(draft);
        var lot = draft.Lots.Single(l => l.SourceKey == request.LotSourceKey);
        var change = Change(lot, request);
        if (change > 0)
            Take(draft, lot, change, request);
        else if (change < 0)
            GiveBack(draft, lot, -change, request);
        return new TakeBackAnswer(true, change, draft.Standing);
    }

    public static object End(Draft draft, string lotSourceKey)
    {
        if (!draft.HasAccount)
            return false;
        LotMoves.RunDue(draft);
        LotMoves.Flush(draft);
        var lot = draft.Lots.Single(l => l.SourceKey == lotSourceKey);
        if (BurnOrder.IsOver(lot, draft.NowMs))
            return false;
        draft.Lots = draft.Lots.Replace(lot, lot with { EndedAt = draft.NowMs });
        LotMoves.Expire(draft);
        LotMoves.Recount(draft);
        return true;
    }

    private static long Change(TokenLotRow lot, TakeBackRequest request)
    {
        var missing = Math.Min(request.Total, lot.Granted - lot.Expired) - lot.ClawedBack;
        return request.Mode switch
        {
            TakeBackMode.Exactly => missing,
            TakeBackMode.AtLeast => Math.Max(0, missing),
            TakeBackMode.UnusedOnly => Math.Min(Math.Max(0, missing), lot.Remaining),
            _ => throw new ArgumentOutOfRangeException(nameof(request), request.Mode, "There is no such mode."),
        };
    }

    /// <summary>What is left of the lot first; the rest is owed and burnt like a use.</summary>
    private static void Take(Draft draft, TokenLotRow lot, long tokens, TakeBackRequest request)
    {
        var fromLot = Math.Min(tokens, lot.Remaining);
        draft.Lots = draft.Lots.Replace(lot, lot with { Remaining = lot.Remaining - fromLot, ClawedBack = lot.ClawedBack + tokens });
        draft.Account = draft.Account with { Unattributed = draft.Account.Unattributed + tokens - fromLot };
        Book(draft, lot, tokens, EntryNames.Removal, request);
        LotMoves.Flush(draft);
        LotMoves.Recount(draft);
    }

    /// <summary>Into the lot that it came from, which may be over by now: then it ends again.</summary>
    private static void GiveBack(Draft draft, TokenLotRow lot, long tokens, TakeBackRequest request)
    {
        draft.Lots = draft.Lots.Replace(lot, lot with { Remaining = lot.Remaining + tokens, ClawedBack = lot.ClawedBack - tokens });
        Book(draft, lot, -tokens, EntryNames.Grant, request);
        LotMoves.Flush(draft);
        LotMoves.Expire(draft);
        LotMoves.Recount(draft);
    }

    private static void Book(Draft draft, TokenLotRow lot, long tokens, string entry, TakeBackRequest request)
    {
        var key = draft.DoneBefore is null
            ? request.SourceKey
            : string.Create(CultureInfo.InvariantCulture, $"{request.SourceKey}#{draft.Account.Seq + 1}");
        var row = draft.Book(new TokenTransactionRow
        {
            Id = default, UserId = "", Entry = entry, ActionType = request.ActionType, TokensUsed = tokens, SourceKey = key, Metadata = request.Metadata,
        });
        var asked = SourceKeys.Fingerprint("takeback", tokens, request.Mode, request.ActionType, request.LotSourceKey);
        draft.SourceKey = SourceKeys.Done(draft, key, asked, Math.Abs(tokens), row.Seq, lot.Id);
    }
}
