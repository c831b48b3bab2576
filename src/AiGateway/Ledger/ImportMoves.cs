using System.Security.Cryptography;
using System.Text;
using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>
/// Takes over an account's past: every row at its own time, numbered and chained as if it had been booked here, every grant a lot that the
/// later rows burn. So the audit holds for an imported account as for any other.
/// </summary>
internal static class ImportMoves
{
    /// <summary>Of one account at once: some hundred milliseconds of the writer's time, which a gateway beside it waits out.</summary>
    public const int MostRows = 50_000;

    private const string Opening = "adjustment";

    /// <summary>How many lots a history makes: one a grant, and one for a balance that was there before.</summary>
    public static int LotsIn(ImportRequest request) => request.Rows.Count(row => row.TokensUsed < 0) + (request.OpeningBalance > 0 ? 1 : 0);

    public static object Import(Draft draft, ImportRequest request)
    {
        Check(draft, request);
        var asked = Fingerprint(request);
        if (draft.DoneBefore is { } before)
            return new ImportAnswer(before.Fingerprint == asked ? ImportOutcome.AlreadyImported : ImportOutcome.Conflict, 0, draft.Standing);
        if (draft is { HasAccount: true, Account.Seq: > 0 })
            return new ImportAnswer(ImportOutcome.NotEmpty, 0, draft.Standing);
        OpenInThePast(draft, request);
        LotMoves.RunDue(draft);
        if (request.Period is { } period)
            draft.Account = Periods.Enter(draft.Account, period.StartMs, period.EndMs);
        Replay(draft, request);
        draft.SourceKey = SourceKeys.Done(draft, request.SourceKey, asked, draft.Account.Balance, draft.Account.Seq);
        return new ImportAnswer(ImportOutcome.Imported, draft.Account.Seq, draft.Standing);
    }

    /// <summary>An account that opens with a history is as old as its first row.</summary>
    private static void OpenInThePast(Draft draft, ImportRequest request)
    {
        var isNew = !draft.HasAccount;
        draft.Open(request.UserId);
        if (isNew && request.Rows.Count > 0)
            draft.Account = draft.Account with { CreatedAt = request.Rows[0].CreatedAtMs };
    }

    private static void Replay(Draft draft, ImportRequest request)
    {
        var lots = new Queue<long>(draft.FreshLotIds);
        var isPast = true;
        if (request.OpeningBalance != 0)
            Book(draft, request, OpeningRow(draft, request), lots);
        foreach (var row in request.Rows)
        {
            if (isPast && row.CreatedAtMs >= draft.Account.PeriodStart)
                isPast = EndThePast(draft);
            Book(draft, request, row, lots);
        }
        if (isPast)
            EndThePast(draft);
        LotMoves.Flush(draft);
        LotMoves.Recount(draft);
    }

    /// <summary>What was used up before the present period no longer counts in its allocation.</summary>
    private static bool EndThePast(Draft draft)
    {
        LotMoves.Flush(draft);
        draft.Lots = Periods.MarkUsedUp(draft.Lots);
        return false;
    }

    private static void Book(Draft draft, ImportRequest request, ImportedRow row, Queue<long> lots)
    {
        var sourceKey = $"{request.SourceKey}:{row.Key}";
        if (row.TokensUsed < 0)
            AddLot(draft, row, request.Period?.GrantKey == row.Key ? request.Period : null, sourceKey, lots.Dequeue());
        else
            draft.Account = draft.Account with { Unattributed = draft.Account.Unattributed + row.TokensUsed };
        draft.Book(Entry(row, sourceKey), row.CreatedAtMs);
        if (row.Entry is EntryNames.Usage or EntryNames.Correction && row.CreatedAtMs >= draft.Account.PeriodStart)
            draft.Account = draft.Account with { PeriodUsed = Math.Max(0, draft.Account.PeriodUsed + row.TokensUsed) };
    }

    /// <summary>The set of lots changes: what was used before is attributed to the older ones first, and a debt to the new one.</summary>
    private static void AddLot(Draft draft, ImportedRow row, ImportedPeriod? period, string sourceKey, long id)
    {
        LotMoves.Flush(draft);
        LotMoves.Add(draft, new TokenLotRow
        {
            Id = id, AccountId = draft.Account.Id, SourceKey = sourceKey, Priority = (int)KindOf(row.ActionType), ActionType = row.ActionType,
            Granted = -row.TokensUsed, Remaining = -row.TokensUsed, CreatedAt = row.CreatedAtMs, UsedUpBefore = row.Entry == EntryNames.Correction,
            ExpiresAt = period?.ExpiresAtMs, PeriodStart = period?.StartMs,
        });
        LotMoves.Flush(draft);
    }

    private static ImportedRow OpeningRow(Draft draft, ImportRequest request) => new(
        Id: null, "opening", request.OpeningBalance > 0 ? EntryNames.Grant : EntryNames.Removal, Opening, -request.OpeningBalance, 0, null, 0, 0,
        Metadata: null, request.Rows.Count > 0 ? request.Rows[0].CreatedAtMs : draft.NowMs);

    private static TokenTransactionRow Entry(ImportedRow row, string sourceKey) => new()
    {
        Id = row.Id ?? default, UserId = "", Entry = row.Entry, ActionType = row.ActionType, TokensUsed = row.TokensUsed, CostNanoUsd = row.CostNanoUsd,
        OpenAiModel = row.Model, PromptTokens = row.PromptTokens, CompletionTokens = row.CompletionTokens, CachedTokens = row.CachedTokens,
        ReasoningTokens = row.ReasoningTokens, UsageSource = row.UsageSource, RequestId = row.RequestId, SourceKey = sourceKey,
        PriceVersion = row.PriceVersion, Metadata = row.Metadata,
    };

    private static LotKind KindOf(string actionType) => actionType switch
    {
        "trial_grant" => LotKind.Trial,
        "promo_grant" => LotKind.Promo,
        EntryNames.SubscriptionGrant or EntryNames.RenewalGrant => LotKind.Subscription,
        _ => LotKind.Pack,
    };

    private static void Check(Draft draft, ImportRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Rows.Count, MostRows);
        if (request.Period is { } period && !(period.StartMs < period.EndMs && period.EndMs > draft.NowMs && period.ExpiresAtMs >= period.EndMs && request.Rows.Any(row => row.Key == period.GrantKey && row.TokensUsed < 0)))
            throw new ArgumentOutOfRangeException(nameof(request), period, "A running period has a start, a later end that is still to come, and the grant that paid for it.");
        long last = 0, tokens = Math.Abs(request.OpeningBalance), cost = 0, parts = 0;
        foreach (var row in request.Rows)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(row.CreatedAtMs, last);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(row.CreatedAtMs, draft.NowMs);
            ThrowIfNotSigned(row);
            // The sums of all rows fit, so every day's do: nothing can overflow half way through.
            (last, tokens, cost) = (row.CreatedAtMs, tokens + Math.Abs(row.TokensUsed), cost + Math.Abs(row.CostNanoUsd));
            parts += Math.Abs(row.PromptTokens) + Math.Abs(row.CompletionTokens) + Math.Abs(row.CachedTokens) + Math.Abs(row.ReasoningTokens);
        }
    }

    private static void ThrowIfNotSigned(ImportedRow row)
    {
        var isFine = row.Entry switch
        {
            EntryNames.Usage => row.TokensUsed >= 0,
            EntryNames.Removal => row.TokensUsed > 0,
            EntryNames.Grant => row.TokensUsed < 0,
            EntryNames.Correction => true,
            _ => false,
        };
        if (!isFine)
            throw new ArgumentOutOfRangeException(nameof(row), row.TokensUsed, $"A row '{row.Entry}' cannot have these tokens.");
    }

    private static string Fingerprint(ImportRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in request.Rows)
            hash.AppendData(Encoding.UTF8.GetBytes(row + "\n"));
        var rows = Convert.ToHexStringLower(hash.GetHashAndReset());
        // Without a period as it always was: a history that was taken over before periods came along with them is still known again.
        return request.Period is { } period
            ? SourceKeys.Fingerprint("import", request.OpeningBalance, request.Rows.Count, rows, period.GrantKey, period.StartMs, period.EndMs, period.ExpiresAtMs, request.UserId)
            : SourceKeys.Fingerprint("import", request.OpeningBalance, request.Rows.Count, rows, request.UserId);
    }
}
