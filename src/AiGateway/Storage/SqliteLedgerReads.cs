using AiGateway.Storage.Tables;
using SQLitePCL;

namespace AiGateway.Storage;

/// <summary>The ledger's reads on SQLite, compiled once a connection.</summary>
internal sealed class SqliteLedgerReads(sqlite3 db) : IDisposable
{
    private const string AccountColumns =
        """
        id, user_id, status, balance, held, unattributed, seq, allocation, next_due_at, has_residue, window_start, window_calls,
        period_start, period_end, period_used, period_kind, created_at
        """;

    private const string LotColumns =
        "id, account_id, source_key, priority, action_type, granted, remaining, expired, clawed_back, expires_at, ended_at, created_at, used_up_before, period_start";

    private readonly SqliteStatement _accountByUser = new(db, $"SELECT {AccountColumns} FROM accounts WHERE user_id = ?");
    private readonly SqliteStatement _accountById = new(db, $"SELECT {AccountColumns} FROM accounts WHERE id = ?");
    private readonly SqliteStatement _hold = new(db,
        """
        SELECT account_id, request_id, amount, state, created_at, expires_at, closed_at, action_type, model, metadata, presumed_input,
        presumed_output, input_nano_usd_per_million, output_nano_usd_per_million, price_version, seen_output, charged, charged_nano_usd, charge_seq
        FROM token_holds WHERE account_id = ? AND request_id = ?
        """);
    private readonly SqliteStatement _sourceKey = new(db,
        "SELECT source_key, account_id, fingerprint, tokens, lot_id, seq, created_at FROM source_keys WHERE source_key = ?");
    private readonly SqliteStatement _lot = new(db, $"SELECT {LotColumns} FROM token_lots WHERE source_key = ?");
    private readonly SqliteStatement _lots = new(db,
        $"SELECT {LotColumns} FROM token_lots WHERE account_id = ? AND (remaining > 0 OR used_up_before = 0)");
    private readonly SqliteStatement _lastAccount = new(db, "SELECT max(id) FROM accounts");
    private readonly SqliteStatement _lastLot = new(db, "SELECT max(id) FROM token_lots");

    public AccountRow? Account(string userId) => One(_accountByUser.Bind(userId), ReadAccount);

    public AccountRow? Account(long id) => One(_accountById.Bind(id), ReadAccount);

    public TokenHoldRow? Hold(long accountId, string requestId) => One(_hold.Bind(accountId).Bind(requestId), ReadHold);

    public SourceKeyRow? SourceKey(string sourceKey) => One(_sourceKey.Bind(sourceKey), ReadSourceKey);

    public TokenLotRow? Lot(string sourceKey) => One(_lot.Bind(sourceKey), ReadLot);

    public IReadOnlyList<TokenLotRow> Lots(long accountId)
    {
        var lots = new List<TokenLotRow>();
        for (_lots.Bind(accountId); _lots.Step();)
            lots.Add(ReadLot(_lots));
        return lots;
    }

    /// <summary>0 where there is none yet. Neither accounts nor lots are ever deleted, so the next number is always new.</summary>
    public long LastAccountId() => Last(_lastAccount);

    public long LastLotId() => Last(_lastLot);

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_accountByUser, _accountById, _hold, _sourceKey, _lot, _lots, _lastAccount, _lastLot])
            statement.Dispose();
    }

    private static long Last(SqliteStatement statement)
    {
        statement.Step();
        var last = statement.LongOrNull(0) ?? 0;
        statement.Reset();
        return last;
    }

    private static T? One<T>(SqliteStatement statement, Func<SqliteStatement, T> read) where T : class
    {
        if (!statement.Step())
            return null;
        var row = read(statement);
        statement.Reset();
        return row;
    }

    private static AccountRow ReadAccount(SqliteStatement s) => new()
    {
        Id = s.Long(0), UserId = s.Text(1), Status = s.Int(2), Balance = s.Long(3), Held = s.Long(4), Unattributed = s.Long(5),
        Seq = s.Long(6), Allocation = s.Long(7), NextDueAt = s.Long(8), HasResidue = s.Int(9) != 0, WindowStart = s.Long(10),
        WindowCalls = s.Int(11), PeriodStart = s.Long(12), PeriodEnd = s.Long(13), PeriodUsed = s.Long(14), PeriodKind = s.Int(15),
        CreatedAt = s.Long(16),
    };

    private static TokenHoldRow ReadHold(SqliteStatement s) => new()
    {
        AccountId = s.Long(0), RequestId = s.Text(1), Amount = s.Long(2), State = s.Int(3), CreatedAt = s.Long(4), ExpiresAt = s.Long(5),
        ClosedAt = s.Long(6), ActionType = s.Text(7), Model = s.TextOrNull(8), Metadata = s.TextOrNull(9), PresumedInput = s.Long(10),
        PresumedOutput = s.Long(11), InputNanoUsdPerMillion = s.Long(12), OutputNanoUsdPerMillion = s.Long(13),
        PriceVersion = s.TextOrNull(14), SeenOutput = s.Long(15), Charged = s.Long(16), ChargedNanoUsd = s.Long(17), ChargeSeq = s.Long(18),
    };

    private static SourceKeyRow ReadSourceKey(SqliteStatement s) => new()
    {
        SourceKey = s.Text(0), AccountId = s.Long(1), Fingerprint = s.Text(2), Tokens = s.Long(3), LotId = s.Long(4), Seq = s.Long(5),
        CreatedAt = s.Long(6),
    };

    private static TokenLotRow ReadLot(SqliteStatement s) => new()
    {
        Id = s.Long(0), AccountId = s.Long(1), SourceKey = s.Text(2), Priority = s.Int(3), ActionType = s.Text(4), Granted = s.Long(5),
        Remaining = s.Long(6), Expired = s.Long(7), ClawedBack = s.Long(8), ExpiresAt = s.LongOrNull(9), EndedAt = s.LongOrNull(10),
        CreatedAt = s.Long(11), UsedUpBefore = s.Int(12) != 0, PeriodStart = s.LongOrNull(13),
    };
}
