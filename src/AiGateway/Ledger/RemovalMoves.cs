using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>Tokens that are taken away other than by use. Once for each source key, for ever.</summary>
internal static class RemovalMoves
{
    /// <summary>Takes free tokens only; a refusal is not remembered, so the same key may ask again later.</summary>
    public static object Remove(Draft draft, RemovalRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(request.Tokens);
        var asked = SourceKeys.Fingerprint("removal", request.Tokens, request.ActionType, request.UserId);
        if (draft.DoneBefore is { } before)
            return Repeat(draft, before, asked);
        if (!draft.HasAccount)
            return new RemovalAnswer(RemovalOutcome.Unknown, 0, default);
        LotMoves.RunDue(draft);
        if (draft.Standing.Available < request.Tokens)
            return new RemovalAnswer(RemovalOutcome.Insufficient, 0, draft.Standing);
        return Take(draft, new Taking(request.SourceKey, asked, request.ActionType, request.Metadata, LotId: 0), request.Tokens, fromLot: 0);
    }

    /// <summary>Takes back from one lot: what is left of it, and the rest off the balance.</summary>
    public static object ClawBack(Draft draft, ClawbackRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(request.Tokens);
        var asked = SourceKeys.Fingerprint("clawback", request.Tokens, request.ActionType, request.LotSourceKey);
        if (draft.DoneBefore is { } before)
            return Repeat(draft, before, asked);
        if (!draft.HasAccount)
            return new RemovalAnswer(RemovalOutcome.Unknown, 0, default);
        LotMoves.RunDue(draft);
        LotMoves.Flush(draft);
        var lot = draft.Lots.Single(l => l.SourceKey == request.LotSourceKey);
        var tokens = Math.Min(request.Tokens, lot.Granted - lot.Expired - lot.ClawedBack);
        var fromLot = Math.Min(tokens, lot.Remaining);
        draft.Lots = draft.Lots.Replace(lot, lot with { Remaining = lot.Remaining - fromLot, ClawedBack = lot.ClawedBack + tokens });
        return Take(draft, new Taking(request.SourceKey, asked, request.ActionType, request.Metadata, lot.Id), tokens, fromLot);
    }

    private static RemovalAnswer Repeat(Draft draft, SourceKeyRow before, string asked) => before.Fingerprint == asked
        ? new RemovalAnswer(RemovalOutcome.AlreadyRemoved, before.Tokens, draft.Standing)
        : new RemovalAnswer(RemovalOutcome.Conflict, 0, draft.Standing);

    /// <summary>Books the removal; what no named lot gave is burnt like a use. A removal of nothing is remembered, but leaves no row.</summary>
    private static RemovalAnswer Take(Draft draft, Taking taking, long tokens, long fromLot)
    {
        var seq = 0L;
        if (tokens > 0)
            seq = draft.Book(new TokenTransactionRow
            {
                Id = default, UserId = "", Entry = EntryNames.Removal, ActionType = taking.ActionType, TokensUsed = tokens,
                SourceKey = taking.SourceKey, Metadata = taking.Metadata,
            }).Seq;
        draft.Account = draft.Account with { Unattributed = draft.Account.Unattributed + tokens - fromLot };
        LotMoves.Flush(draft);
        LotMoves.Recount(draft);
        draft.SourceKey = SourceKeys.Done(draft, taking.SourceKey, taking.Fingerprint, tokens, seq, taking.LotId);
        return new RemovalAnswer(RemovalOutcome.Removed, tokens, draft.Standing);
    }

    private sealed record Taking(string SourceKey, string Fingerprint, string ActionType, string? Metadata, long LotId);
}
