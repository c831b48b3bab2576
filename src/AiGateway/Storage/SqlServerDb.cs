using AiGateway.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Storage;

/// <summary>The server database. Text is compared byte by byte, as the embedded one does: two of Stripe's ids may differ in a letter's case alone.</summary>
internal sealed class SqlServerDb(DbContextOptions<SqlServerDb> options) : GatewayDb(options)
{
    public const string Collation = "Latin1_General_100_BIN2";

    /// <summary>Where new accounts and lots get their numbers: a sequence takes no lock, so nodes do not wait for each other's grants.</summary>
    public const string AccountIds = "account_ids", LotIds = "lot_ids";

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.HasSequence<long>(AccountIds);
        model.HasSequence<long>(LotIds);
        model.Entity<TokenTransactionRow>(t =>
        {
            // The time is in the key so that the table, and this index with it, can be cut into months.
            t.HasKey(x => new { x.AccountId, x.Seq, x.CreatedAt });
            t.Property(x => x.CreatedAt).HasColumnType("datetime2(3)").HasConversion(at => at, at => DateTime.SpecifyKind(at, DateTimeKind.Utc));
            t.Property(x => x.EstimatedCostUsd).HasColumnType("decimal(10,6)");
        });
        model.Entity<ProviderObjectRow>().HasIndex(o => o.NextLookAt).HasFilter("state = 1");
        // Only open holds are looked for by time; the rest of the table stays out of the index.
        model.Entity<TokenHoldRow>().HasIndex(h => h.ExpiresAt).HasFilter("state < 2");
        foreach (var property in model.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()).Where(property => property.ClrType == typeof(string)))
            property.SetCollation(Collation);
    }
}
