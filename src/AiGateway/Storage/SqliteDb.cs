using System.Globalization;
using AiGateway.Storage.Tables;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace AiGateway.Storage;

/// <summary>The embedded database: times of the public table as ISO text, ids as text.</summary>
internal sealed class SqliteDb(DbContextOptions<SqliteDb> options) : GatewayDb(options)
{
    /// <summary>The form of token_transactions.created_at on SQLite.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        var iso = new ValueConverter<DateTime, string>(
            at => at.ToString(TimeFormat, CultureInfo.InvariantCulture),
            text => DateTime.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal));
        model.Entity<TokenTransactionRow>(t =>
        {
            t.Property(x => x.CreatedAt).HasConversion(iso).HasColumnType("TEXT");
            t.Property(x => x.Id).HasColumnType("TEXT");
        });
        model.Entity<ProviderObjectRow>().HasIndex(o => o.NextLookAt).HasFilter("state = 1");
        // Only open holds are looked for by time; the rest of the table stays out of the index.
        model.Entity<TokenHoldRow>().HasIndex(h => h.ExpiresAt).HasFilter("state < 2");
    }
}
