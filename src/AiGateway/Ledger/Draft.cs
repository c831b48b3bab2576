using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>
/// One decision being written: starts from the facts, is thrown away when a rule or an overflow throws, and so changes nothing then.
/// </summary>
internal sealed class Draft(LedgerFacts facts, long nowMs, LedgerLimits limits)
{
    private readonly List<TokenTransactionRow> _entries = [];
    private List<ProviderObjectRow>? _objects;
    private AccountRow? _account = facts.Account;
    private ImmutableArray<TokenLotRow> _lots = facts.Lots;

    public long NowMs => nowMs;
    public LedgerLimits Limits => limits;
    public TokenHoldRow? Hold { get; set; } = facts.Hold;
    /// <summary>What was done under this move's source key before, or null.</summary>
    public SourceKeyRow? DoneBefore => facts.SourceKey;
    public SourceKeyRow? SourceKey { get; set; }
    public long FreshLotId => facts.FreshLotId;
    /// <summary>See <see cref="LedgerFacts.FreshLotIds"/>.</summary>
    public IReadOnlyList<long> FreshLotIds => facts.FreshLotIds;
    public bool HasAccount => _account is not null;

    /// <summary>The account; opened here where nobody has seen the user before.</summary>
    public AccountRow Account
    {
        get => _account ?? throw new InvalidOperationException("No account was opened.");
        set => _account = value;
    }

    public ImmutableArray<TokenLotRow> Lots
    {
        get => _lots.IsDefault ? throw new InvalidOperationException("The lots were not loaded.") : _lots;
        set => _lots = value;
    }

    public Standing Standing => _account is { } a ? new Standing(a.Balance, a.Held, a.Allocation) : default;

    public void Open(string userId)
    {
        if (HasAccount)
            return;
        var (start, end) = Periods.MonthOf(nowMs);
        Account = new AccountRow
        {
            Id = facts.FreshAccountId, UserId = userId, CreatedAt = nowMs, PeriodStart = start, PeriodEnd = end, NextDueAt = end,
        };
        Lots = [];
    }

    /// <summary>Appends a ledger row: numbers it, moves the balance by it, and writes down what is left.</summary>
    /// <param name="atMs">When it happened, for a row of a history; null: now. Such a row may bring its own id.</param>
    public TokenTransactionRow Book(TokenTransactionRow entry, long? atMs = null)
    {
        var at = atMs ?? nowMs;
        var account = Account = Account with { Balance = Account.Balance - entry.TokensUsed, Seq = Account.Seq + 1 };
        var row = entry with
        {
            Id = entry.Id == default ? IdOf(account.Id, account.Seq, at) : entry.Id,
            AccountId = account.Id,
            Seq = account.Seq,
            UserId = account.UserId,
            // SQL takes "gpt" and "gpt " for the same: the rollup would have two rows of one key.
            OpenAiModel = entry.OpenAiModel?.TrimEnd(' '),
            TokensRemaining = account.Balance,
            EstimatedCostUsd = Costs.Usd(entry.CostNanoUsd),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime,
        };
        _entries.Add(row);
        return row;
    }

    public void Note(ObjectNote note, string? requestId)
    {
        var isDeferred = note.State == ObjectState.Deferred;
        (_objects ??= []).Add(new ProviderObjectRow
        {
            ClusterId = note.ClusterId, ObjectId = note.ObjectId, AccountId = Account.Id, State = (int)note.State, CreatedAt = nowMs,
            RequestId = isDeferred ? requestId : null, RouteId = note.RouteId, Path = note.Path, Headers = note.Headers,
            NextLookAt = isDeferred ? nowMs : 0, ClosedAt = note.State == ObjectState.Closed ? nowMs : 0,
        });
    }

    public Decision Decide(object answer) => new(_account, Hold, _lots, _entries, SourceKey, answer) { Objects = _objects ?? (IReadOnlyList<ProviderObjectRow>)[] };

    /// <summary>The time in front (as UUIDv7 has it) and a digest of the row's key behind: the same row gets the same id when a batch is run again.</summary>
    private Guid IdOf(long accountId, long seq, long atMs)
    {
        Span<byte> key = stackalloc byte[24];
        BinaryPrimitives.WriteInt64BigEndian(key, accountId);
        BinaryPrimitives.WriteInt64BigEndian(key[8..], seq);
        BinaryPrimitives.WriteInt64BigEndian(key[16..], Account.CreatedAt);
        Span<byte> id = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, id);
        BinaryPrimitives.WriteInt32BigEndian(id, (int)((atMs >> 16) & 0x7FFF_FFFF));
        BinaryPrimitives.WriteUInt16BigEndian(id[4..], (ushort)(atMs & 0xFFFF));
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id[..16], bigEndian: true);
    }
}
