using System.Data.Common;
using AiGateway.Storage.Tables;

namespace AiGateway.Storage;

/// <summary>Rows out of result sets, in the order of <see cref="SqlServerTables"/>.</summary>
internal static class SqlServerReads
{
    /// <summary>How many columns an account has.</summary>
    public const int AccountColumns = 17;

    public static AccountRow Account(DbDataReader r) => new()
    {
        Id = r.GetInt64(0), UserId = r.GetString(1), Status = r.GetInt32(2), Balance = r.GetInt64(3), Held = r.GetInt64(4), Unattributed = r.GetInt64(5),
        Seq = r.GetInt64(6), Allocation = r.GetInt64(7), NextDueAt = r.GetInt64(8), HasResidue = r.GetBoolean(9), WindowStart = r.GetInt64(10),
        WindowCalls = r.GetInt32(11), PeriodStart = r.GetInt64(12), PeriodEnd = r.GetInt64(13), PeriodUsed = r.GetInt64(14), PeriodKind = r.GetInt32(15),
        CreatedAt = r.GetInt64(16),
    };

    public static TokenHoldRow Hold(DbDataReader r) => new()
    {
        AccountId = r.GetInt64(0), RequestId = r.GetString(1), Amount = r.GetInt64(2), State = r.GetInt32(3), CreatedAt = r.GetInt64(4),
        ExpiresAt = r.GetInt64(5), ClosedAt = r.GetInt64(6), ActionType = r.GetString(7), Model = Text(r, 8), Metadata = Text(r, 9), PresumedInput = r.GetInt64(10),
        PresumedOutput = r.GetInt64(11), InputNanoUsdPerMillion = r.GetInt64(12), OutputNanoUsdPerMillion = r.GetInt64(13),
        PriceVersion = Text(r, 14), SeenOutput = r.GetInt64(15), Charged = r.GetInt64(16), ChargedNanoUsd = r.GetInt64(17), ChargeSeq = r.GetInt64(18),
    };

    public static SourceKeyRow SourceKey(DbDataReader r) => new()
    {
        SourceKey = r.GetString(0), AccountId = r.GetInt64(1), Fingerprint = r.GetString(2), Tokens = r.GetInt64(3), LotId = r.GetInt64(4), Seq = r.GetInt64(5),
        CreatedAt = r.GetInt64(6),
    };

    public static TokenLotRow Lot(DbDataReader r) => new()
    {
        Id = r.GetInt64(0), AccountId = r.GetInt64(1), SourceKey = r.GetString(2), Priority = r.GetInt32(3), ActionType = r.GetString(4), Granted = r.GetInt64(5),
        Remaining = r.GetInt64(6), Expired = r.GetInt64(7), ClawedBack = r.GetInt64(8), ExpiresAt = Number(r, 9), EndedAt = Number(r, 10),
        CreatedAt = r.GetInt64(11), UsedUpBefore = r.GetBoolean(12), PeriodStart = Number(r, 13),
    };

    private static string? Text(DbDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static long? Number(DbDataReader r, int column) => r.IsDBNull(column) ? null : r.GetInt64(column);
}
