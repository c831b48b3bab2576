using System.Globalization;
using AiGateway.Storage.Tables;
using A = AiGateway.Storage.SqlServerColumns<AiGateway.Storage.Tables.AccountRow>;
using E = AiGateway.Storage.SqlServerColumns<AiGateway.Storage.Tables.TokenTransactionRow>;
using H = AiGateway.Storage.SqlServerColumns<AiGateway.Storage.Tables.TokenHoldRow>;
using K = AiGateway.Storage.SqlServerColumns<AiGateway.Storage.Tables.SourceKeyRow>;
using L = AiGateway.Storage.SqlServerColumns<AiGateway.Storage.Tables.TokenLotRow>;
using O = AiGateway.Storage.SqlServerColumns<AiGateway.Storage.Tables.ProviderObjectRow>;
using U = AiGateway.Storage.SqlServerColumns<AiGateway.Storage.Tables.UsageDailyRow>;

namespace AiGateway.Storage;

/// <summary>The ledger's tables on SQL Server: what is read, written once and changed, each column named once.</summary>
internal static class SqlServerTables
{
    private const ColumnUse Changing = ColumnUse.Changing;

    public static readonly SqlServerTable<AccountRow> Accounts = Table<AccountRow>("accounts",
        A.Key("id", a => a.Id), A.Text("user_id", a => a.UserId),
        A.Small("status", a => a.Status, Changing), A.Number("balance", a => a.Balance, Changing),
        A.Number("held", a => a.Held, Changing), A.Number("unattributed", a => a.Unattributed, Changing),
        A.Number("seq", a => a.Seq, Changing), A.Number("allocation", a => a.Allocation, Changing),
        A.Number("next_due_at", a => a.NextDueAt, Changing), A.Flag("has_residue", a => a.HasResidue, Changing),
        A.Number("window_start", a => a.WindowStart, Changing), A.Small("window_calls", a => a.WindowCalls, Changing),
        A.Number("period_start", a => a.PeriodStart, Changing), A.Number("period_end", a => a.PeriodEnd, Changing),
        A.Number("period_used", a => a.PeriodUsed, Changing), A.Small("period_kind", a => a.PeriodKind, Changing),
        A.Number("created_at", a => a.CreatedAt));

    public static readonly SqlServerTable<TokenHoldRow> Holds = Table<TokenHoldRow>("token_holds",
        H.Key("account_id", h => h.AccountId), H.Key("request_id", h => h.RequestId),
        H.Number("amount", h => h.Amount), H.Small("state", h => h.State, Changing),
        H.Number("created_at", h => h.CreatedAt), H.Number("expires_at", h => h.ExpiresAt, Changing),
        H.Number("closed_at", h => h.ClosedAt, Changing), H.Text("action_type", h => h.ActionType),
        H.Text("model", h => h.Model), H.Text("metadata", h => h.Metadata, isLong: true),
        H.Number("presumed_input", h => h.PresumedInput), H.Number("presumed_output", h => h.PresumedOutput),
        H.Number("input_nano_usd_per_million", h => h.InputNanoUsdPerMillion),
        H.Number("output_nano_usd_per_million", h => h.OutputNanoUsdPerMillion),
        H.Text("price_version", h => h.PriceVersion), H.Number("seen_output", h => h.SeenOutput, Changing),
        H.Number("charged", h => h.Charged, Changing), H.Number("charged_nano_usd", h => h.ChargedNanoUsd, Changing),
        H.Number("charge_seq", h => h.ChargeSeq, Changing));

    public static readonly SqlServerTable<TokenLotRow> Lots = Table<TokenLotRow>("token_lots",
        L.Key("id", l => l.Id), L.Number("account_id", l => l.AccountId),
        L.Text("source_key", l => l.SourceKey), L.Small("priority", l => l.Priority),
        L.Text("action_type", l => l.ActionType), L.Number("granted", l => l.Granted),
        L.Number("remaining", l => l.Remaining, Changing), L.Number("expired", l => l.Expired, Changing),
        L.Number("clawed_back", l => l.ClawedBack, Changing), L.Number("expires_at", l => l.ExpiresAt),
        L.Number("ended_at", l => l.EndedAt, Changing), L.Number("created_at", l => l.CreatedAt),
        L.Flag("used_up_before", l => l.UsedUpBefore, Changing), L.Number("period_start", l => l.PeriodStart));

    public static readonly SqlServerTable<TokenTransactionRow> Entries = Table<TokenTransactionRow>("token_transactions",
        E.Key("account_id", e => e.AccountId), E.Key("seq", e => e.Seq),
        E.Of("id", "uniqueidentifier", (json, e) => json.WriteStringValue(e.Id)),
        E.Text("user_id", e => e.UserId), E.Text("entry", e => e.Entry),
        E.Text("action_type", e => e.ActionType), E.Number("tokens_used", e => e.TokensUsed),
        E.Number("tokens_remaining", e => e.TokensRemaining),
        E.Of("estimated_cost_usd", "decimal(10,6)", (json, e) => json.WriteNumberValue(e.EstimatedCostUsd)),
        E.Number("cost_nano_usd", e => e.CostNanoUsd), E.Text("openai_model", e => e.OpenAiModel),
        E.Number("prompt_tokens", e => e.PromptTokens), E.Number("completion_tokens", e => e.CompletionTokens),
        E.Number("cached_tokens", e => e.CachedTokens), E.Number("reasoning_tokens", e => e.ReasoningTokens),
        E.Text("usage_source", e => e.UsageSource), E.Text("request_id", e => e.RequestId),
        E.Text("source_key", e => e.SourceKey), E.Text("price_version", e => e.PriceVersion),
        E.Text("metadata", e => e.Metadata, isLong: true),
        E.Of("created_at", "datetime2(3)",
            (json, e) => json.WriteStringValue(e.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture))));

    public static readonly SqlServerTable<SourceKeyRow> SourceKeys = Table<SourceKeyRow>("source_keys",
        K.Key("source_key", k => k.SourceKey), K.Number("account_id", k => k.AccountId),
        K.Text("fingerprint", k => k.Fingerprint), K.Number("tokens", k => k.Tokens),
        K.Number("lot_id", k => k.LotId), K.Number("seq", k => k.Seq),
        K.Number("created_at", k => k.CreatedAt));

    public static readonly SqlServerTable<UsageDailyRow> Usage = Table<UsageDailyRow>("usage_daily",
        U.Key("day", u => u.Day), U.Key("account_id", u => u.AccountId),
        U.Key("action_type", u => u.ActionType), U.Key("model", u => u.Model),
        U.Number("calls", u => u.Calls, Changing), U.Number("tokens", u => u.Tokens, Changing),
        U.Number("cost_nano_usd", u => u.CostNanoUsd, Changing), U.Number("prompt_tokens", u => u.PromptTokens, Changing),
        U.Number("completion_tokens", u => u.CompletionTokens, Changing), U.Number("cached_tokens", u => u.CachedTokens, Changing),
        U.Number("reasoning_tokens", u => u.ReasoningTokens, Changing));

    public static readonly SqlServerTable<ProviderObjectRow> Objects = Table<ProviderObjectRow>("provider_objects",
        O.Key("cluster_id", o => o.ClusterId), O.Key("object_id", o => o.ObjectId),
        O.Number("account_id", o => o.AccountId), O.Small("state", o => o.State),
        O.Text("request_id", o => o.RequestId), O.Text("route_id", o => o.RouteId),
        O.Text("path", o => o.Path), O.Text("headers", o => o.Headers),
        O.Number("created_at", o => o.CreatedAt), O.Number("next_look_at", o => o.NextLookAt),
        O.Small("looks", _ => 0), O.Number("closed_at", o => o.ClosedAt));

    private static SqlServerTable<TRow> Table<TRow>(string name, params SqlServerColumn<TRow>[] columns) => new(name, columns);
}
