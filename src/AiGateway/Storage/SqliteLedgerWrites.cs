using System.Globalization;
using AiGateway.Storage.Tables;
using SQLitePCL;

namespace AiGateway.Storage;

/// <summary>The ledger's writes on SQLite, compiled once a connection. Order: account, hold, lot, ledger, rollup, notes.</summary>
internal sealed class SqliteLedgerWrites(sqlite3 db) : IDisposable
{
    private readonly SqliteStatement _newAccount = Insert(db, "accounts",
        """
        id, user_id, status, balance, held, unattributed, seq, allocation, next_due_at, has_residue, window_start, window_calls,
        period_start, period_end, period_used, period_kind, created_at
        """);
    private readonly SqliteStatement _account = new(db,
        """
        UPDATE accounts SET status = ?, balance = ?, held = ?, unattributed = ?, seq = ?, allocation = ?, next_due_at = ?, has_residue = ?,
        window_start = ?, window_calls = ?, period_start = ?, period_end = ?, period_used = ?, period_kind = ? WHERE id = ?
        """);
    private readonly SqliteStatement _newHold = Insert(db, "token_holds",
        """
        account_id, request_id, amount, state, created_at, expires_at, closed_at, action_type, model, metadata, presumed_input,
        presumed_output, input_nano_usd_per_million, output_nano_usd_per_million, price_version, seen_output, charged, charged_nano_usd, charge_seq
        """);
    private readonly SqliteStatement _hold = new(db,
        """
        UPDATE token_holds SET state = ?, expires_at = ?, closed_at = ?, seen_output = ?, charged = ?, charged_nano_usd = ?, charge_seq = ?
        WHERE account_id = ? AND request_id = ?
        """);
    private readonly SqliteStatement _newLot = Insert(db, "token_lots",
        "id, account_id, source_key, priority, action_type, granted, remaining, expired, clawed_back, expires_at, ended_at, created_at, used_up_before, period_start");
    private readonly SqliteStatement _lot = new(db,
        "UPDATE token_lots SET remaining = ?, expired = ?, clawed_back = ?, ended_at = ?, used_up_before = ? WHERE id = ?");
    private readonly SqliteStatement _entry = Insert(db, "token_transactions",
        """
        account_id, seq, id, user_id, entry, action_type, tokens_used, tokens_remaining, estimated_cost_usd, cost_nano_usd, openai_model,
        prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, usage_source, request_id, source_key, price_version, metadata, created_at
        """);
    private readonly SqliteStatement _sourceKey = Insert(db, "source_keys",
        "source_key, account_id, fingerprint, tokens, lot_id, seq, created_at");
    private readonly SqliteStatement _usage = new(db,
        """
        INSERT INTO usage_daily (day, account_id, action_type, model, calls, tokens, cost_nano_usd, prompt_tokens, completion_tokens,
        cached_tokens, reasoning_tokens) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (day, account_id, action_type, model) DO UPDATE SET calls = calls + excluded.calls, tokens = tokens + excluded.tokens,
        cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd, prompt_tokens = prompt_tokens + excluded.prompt_tokens,
        completion_tokens = completion_tokens + excluded.completion_tokens, cached_tokens = cached_tokens + excluded.cached_tokens,
        reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens
        """);

    private readonly SqliteStatement _object = new(db,
        """
        INSERT INTO provider_objects (cluster_id, object_id, account_id, state, request_id, route_id, path, headers, created_at, next_look_at, looks, closed_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
        ON CONFLICT (cluster_id, object_id) DO UPDATE SET state = excluded.state, request_id = coalesce(request_id, excluded.request_id),
        route_id = coalesce(route_id, excluded.route_id), path = coalesce(path, excluded.path), headers = coalesce(headers, excluded.headers), next_look_at = excluded.next_look_at,
        closed_at = excluded.closed_at WHERE excluded.state > state
        """);

    private (DateTime At, string Text) _time = (DateTime.MinValue, "");

    public void Write(LedgerChanges changes)
    {
        foreach (var account in changes.NewAccounts)
            InsertAccount(account);
        foreach (var account in changes.Accounts)
            UpdateAccount(account);
        foreach (var hold in changes.NewHolds)
            InsertHold(hold);
        foreach (var hold in changes.Holds)
            UpdateHold(hold);
        foreach (var lot in changes.NewLots)
            InsertLot(lot);
        foreach (var lot in changes.Lots)
            _lot.Bind(lot.Remaining).Bind(lot.Expired).Bind(lot.ClawedBack).Bind(lot.EndedAt).Bind(lot.UsedUpBefore).Bind(lot.Id).Run();
        foreach (var entry in changes.Entries)
            InsertEntry(entry);
        foreach (var key in changes.SourceKeys)
            _sourceKey.Bind(key.SourceKey).Bind(key.AccountId).Bind(key.Fingerprint).Bind(key.Tokens).Bind(key.LotId).Bind(key.Seq).Bind(key.CreatedAt).Run();
        foreach (var usage in changes.Usage)
            AddUsage(usage);
        foreach (var note in changes.Objects)
            _object.Bind(note.ClusterId).Bind(note.ObjectId).Bind(note.AccountId).Bind(note.State).Bind(note.RequestId).Bind(note.RouteId).Bind(note.Path).Bind(note.Headers)
                .Bind(note.CreatedAt).Bind(note.NextLookAt).Bind(note.ClosedAt).Run();
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_newAccount, _account, _newHold, _hold, _newLot, _lot, _entry, _sourceKey, _usage, _object])
            statement.Dispose();
    }

    private void InsertAccount(AccountRow a) => _newAccount
        .Bind(a.Id).Bind(a.UserId).Bind(a.Status).Bind(a.Balance).Bind(a.Held).Bind(a.Unattributed).Bind(a.Seq).Bind(a.Allocation)
        .Bind(a.NextDueAt).Bind(a.HasResidue).Bind(a.WindowStart).Bind(a.WindowCalls).Bind(a.PeriodStart).Bind(a.PeriodEnd)
        .Bind(a.PeriodUsed).Bind(a.PeriodKind).Bind(a.CreatedAt).Run();

    private void UpdateAccount(AccountRow a) => _account
        .Bind(a.Status).Bind(a.Balance).Bind(a.Held).Bind(a.Unattributed).Bind(a.Seq).Bind(a.Allocation).Bind(a.NextDueAt)
        .Bind(a.HasResidue).Bind(a.WindowStart).Bind(a.WindowCalls).Bind(a.PeriodStart).Bind(a.PeriodEnd).Bind(a.PeriodUsed)
        .Bind(a.PeriodKind).Bind(a.Id).Run();

    private void InsertHold(TokenHoldRow h) => _newHold
        .Bind(h.AccountId).Bind(h.RequestId).Bind(h.Amount).Bind(h.State).Bind(h.CreatedAt).Bind(h.ExpiresAt).Bind(h.ClosedAt)
        .Bind(h.ActionType).Bind(h.Model).Bind(h.Metadata).Bind(h.PresumedInput).Bind(h.PresumedOutput).Bind(h.InputNanoUsdPerMillion)
        .Bind(h.OutputNanoUsdPerMillion).Bind(h.PriceVersion).Bind(h.SeenOutput).Bind(h.Charged).Bind(h.ChargedNanoUsd).Bind(h.ChargeSeq).Run();

    private void UpdateHold(TokenHoldRow h) => _hold
        .Bind(h.State).Bind(h.ExpiresAt).Bind(h.ClosedAt).Bind(h.SeenOutput).Bind(h.Charged).Bind(h.ChargedNanoUsd).Bind(h.ChargeSeq)
        .Bind(h.AccountId).Bind(h.RequestId).Run();

    private void InsertLot(TokenLotRow l) => _newLot
        .Bind(l.Id).Bind(l.AccountId).Bind(l.SourceKey).Bind(l.Priority).Bind(l.ActionType).Bind(l.Granted).Bind(l.Remaining)
        .Bind(l.Expired).Bind(l.ClawedBack).Bind(l.ExpiresAt).Bind(l.EndedAt).Bind(l.CreatedAt).Bind(l.UsedUpBefore).Bind(l.PeriodStart).Run();

    private void InsertEntry(TokenTransactionRow e) => _entry
        .Bind(e.AccountId).Bind(e.Seq).Bind(e.Id).Bind(e.UserId).Bind(e.Entry).Bind(e.ActionType)
        .Bind(e.TokensUsed).Bind(e.TokensRemaining).Bind(e.EstimatedCostUsd).Bind(e.CostNanoUsd)
        .Bind(e.OpenAiModel).Bind(e.PromptTokens).Bind(e.CompletionTokens).Bind(e.CachedTokens).Bind(e.ReasoningTokens)
        .Bind(e.UsageSource).Bind(e.RequestId).Bind(e.SourceKey).Bind(e.PriceVersion).Bind(e.Metadata)
        .Bind(TimeText(e.CreatedAt)).Run();

    /// <summary>The rows of a batch are of one moment.</summary>
    private string TimeText(DateTime at)
    {
        if (at != _time.At)
            _time = (at, at.ToString(SqliteDb.TimeFormat, CultureInfo.InvariantCulture));
        return _time.Text;
    }

    private void AddUsage(UsageDailyRow u) => _usage
        .Bind(u.Day).Bind(u.AccountId).Bind(u.ActionType).Bind(u.Model).Bind(u.Calls).Bind(u.Tokens).Bind(u.CostNanoUsd)
        .Bind(u.PromptTokens).Bind(u.CompletionTokens).Bind(u.CachedTokens).Bind(u.ReasoningTokens).Run();

    private static SqliteStatement Insert(sqlite3 db, string table, string columns) =>
        new(db, $"INSERT INTO {table} ({columns}) VALUES ({string.Join(", ", columns.Split(',').Select(_ => "?"))})");
}
