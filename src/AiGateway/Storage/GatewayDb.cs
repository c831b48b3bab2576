using AiGateway.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Storage;

/// <summary>The schema and its reading side. One derived context a database engine keeps one set of migrations each.</summary>
internal abstract class GatewayDb(DbContextOptions options) : DbContext(options)
{
    public DbSet<AccountRow> Accounts => Set<AccountRow>();
    public DbSet<TokenTransactionRow> TokenTransactions => Set<TokenTransactionRow>();
    public DbSet<TokenHoldRow> TokenHolds => Set<TokenHoldRow>();
    public DbSet<TokenLotRow> TokenLots => Set<TokenLotRow>();
    public DbSet<SourceKeyRow> SourceKeys => Set<SourceKeyRow>();
    public DbSet<UsageDailyRow> UsageDaily => Set<UsageDailyRow>();
    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();
    public DbSet<ProviderObjectRow> ProviderObjects => Set<ProviderObjectRow>();
    public DbSet<IdempotentAnswerRow> IdempotentAnswers => Set<IdempotentAnswerRow>();
    public DbSet<StripeEventRow> StripeEvents => Set<StripeEventRow>();
    public DbSet<StripeCustomerRow> StripeCustomers => Set<StripeCustomerRow>();
    public DbSet<SubscriptionRow> Subscriptions => Set<SubscriptionRow>();
    public DbSet<PurchaseRow> Purchases => Set<PurchaseRow>();
    public DbSet<PaymentRow> Payments => Set<PaymentRow>();
    public DbSet<InvoicePaymentRow> InvoicePayments => Set<InvoicePaymentRow>();
    public DbSet<PaymentClaimRow> PaymentClaims => Set<PaymentClaimRow>();
    public DbSet<TrafficDailyRow> TrafficDaily => Set<TrafficDailyRow>();
    public DbSet<AlertRow> Alerts => Set<AlertRow>();
    public DbSet<GatewayStateRow> GatewayState => Set<GatewayStateRow>();
    public DbSet<LeaseRow> Leases => Set<LeaseRow>();
    public DbSet<DataProtectionKeyRow> DataProtectionKeys => Set<DataProtectionKeyRow>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<AccountRow>(t =>
        {
            t.ToTable("accounts").HasKey(a => a.Id);
            // The ledger numbers accounts and lots itself, under its lock.
            t.Property(a => a.Id).ValueGeneratedNever();
            t.Property(a => a.UserId).HasMaxLength(128);
            t.HasIndex(a => a.UserId).IsUnique();
            t.HasIndex(a => a.NextDueAt);
        });
        model.Entity<TokenTransactionRow>(t =>
        {
            t.ToTable("token_transactions").HasKey(x => new { x.AccountId, x.Seq });
            t.Property(x => x.UserId).HasMaxLength(128);
            t.Property(x => x.Entry).HasMaxLength(16);
            t.Property(x => x.ActionType).HasMaxLength(64);
            // Lists over all accounts go newest first, and the index has their whole order: else SQLite sorts the table.
            t.HasIndex(x => new { x.CreatedAt, x.AccountId, x.Seq });
            t.Property(x => x.OpenAiModel).HasColumnName("openai_model").HasMaxLength(128);
            t.Property(x => x.UsageSource).HasMaxLength(16);
            t.Property(x => x.RequestId).HasMaxLength(64);
            t.Property(x => x.SourceKey).HasMaxLength(256);
            t.Property(x => x.PriceVersion).HasMaxLength(64);
            t.Property(x => x.EstimatedCostUsd).HasColumnType("DECIMAL(10,6)");
        });
        model.Entity<TokenHoldRow>(t =>
        {
            t.ToTable("token_holds").HasKey(h => new { h.AccountId, h.RequestId });
            t.Property(h => h.RequestId).HasMaxLength(64);
            t.Property(h => h.ActionType).HasMaxLength(64);
            t.Property(h => h.Model).HasMaxLength(128);
            t.Property(h => h.PriceVersion).HasMaxLength(64);
        });
        model.Entity<TokenLotRow>(t =>
        {
            t.ToTable("token_lots").HasKey(l => l.Id);
            t.Property(l => l.Id).ValueGeneratedNever();
            t.Property(l => l.SourceKey).HasMaxLength(256);
            t.Property(l => l.ActionType).HasMaxLength(64);
            t.HasIndex(l => l.SourceKey).IsUnique();
            t.HasIndex(l => l.AccountId);
        });
        model.Entity<SourceKeyRow>(t =>
        {
            t.ToTable("source_keys").HasKey(k => k.SourceKey);
            t.Property(k => k.SourceKey).HasMaxLength(256);
            t.Property(k => k.Fingerprint).HasMaxLength(512);
        });
        model.Entity<UsageDailyRow>(t =>
        {
            t.ToTable("usage_daily").HasKey(u => new { u.Day, u.AccountId, u.ActionType, u.Model });
            // Reports go by day, a user's page by user: without this it would read everybody's days.
            t.HasIndex(u => new { u.AccountId, u.Day });
            t.Property(u => u.ActionType).HasMaxLength(64);
            t.Property(u => u.Model).HasMaxLength(128);
        });
        model.Entity<ApiKeyRow>(t =>
        {
            t.ToTable("api_keys").HasKey(k => k.Id);
            t.Property(k => k.Id).HasMaxLength(32);
            t.Property(k => k.UserId).HasMaxLength(128);
            t.Property(k => k.Name).HasMaxLength(128);
            t.Property(k => k.SecretHash).HasMaxLength(32);
            t.Property(k => k.Models).HasMaxLength(4000);
            t.HasIndex(k => k.UserId);
        });
        model.Entity<ProviderObjectRow>(t =>
        {
            t.ToTable("provider_objects").HasKey(o => new { o.ClusterId, o.ObjectId });
            t.Property(o => o.ClusterId).HasMaxLength(64);
            t.Property(o => o.ObjectId).HasMaxLength(128);
            t.Property(o => o.RequestId).HasMaxLength(64);
            t.Property(o => o.RouteId).HasMaxLength(64);
            t.Property(o => o.Path).HasMaxLength(512);
            t.Property(o => o.Headers).HasMaxLength(1024);
        });
        model.Entity<IdempotentAnswerRow>(t =>
        {
            t.ToTable("idempotent_answers").HasKey(a => new { a.UserId, a.KeyHash });
            t.Property(a => a.UserId).HasMaxLength(128);
            t.Property(a => a.KeyHash).HasMaxLength(32);
            t.Property(a => a.BodyHash).HasMaxLength(32);
            t.Property(a => a.RequestId).HasMaxLength(64);
            t.HasIndex(a => a.CreatedAt);
        });
        model.Entity<GatewayStateRow>(t =>
        {
            t.HasData(
                new GatewayStateRow { Name = "key_list_version", Value = 1 }, new GatewayStateRow { Name = "audit_at" }, new GatewayStateRow { Name = "audit_violations" });
            t.ToTable("gateway_state").HasKey(s => s.Name);
            t.Property(s => s.Name).HasMaxLength(64);
        });
        model.Entity<LeaseRow>(t =>
        {
            t.ToTable("leases").HasKey(l => l.Name);
            t.Property(l => l.Name).HasMaxLength(64);
            t.Property(l => l.Holder).HasMaxLength(128);
        });
        model.Entity<DataProtectionKeyRow>(t =>
        {
            t.ToTable("data_protection_keys").HasKey(k => k.Id);
            t.Property(k => k.Id).HasMaxLength(128);
        });
        model.Entity<TrafficDailyRow>(t =>
        {
            t.ToTable("traffic_daily").HasKey(x => new { x.Day, x.Kind, x.Code });
            t.Property(x => x.Kind).HasMaxLength(16);
            t.Property(x => x.Code).HasMaxLength(64);
        });
        model.Entity<AlertRow>(t =>
        {
            t.ToTable("alerts").HasKey(a => new { a.Kind, a.Subject, a.Threshold, a.PeriodStart });
            t.Property(a => a.Kind).HasMaxLength(32);
            t.Property(a => a.Subject).HasMaxLength(128);
            t.Property(a => a.Message).HasMaxLength(512);
            t.Property(a => a.Note).HasMaxLength(512);
            t.HasIndex(a => new { a.State, a.NextTryAt });
        });
        BillingTables.Describe(model);
        foreach (var entity in model.Model.GetEntityTypes())
            foreach (var property in entity.GetProperties())
                if (property.GetColumnName() == property.Name)
                    property.SetColumnName(SnakeCase(property.Name));
    }

    /// <summary>"TokensUsed" → "tokens_used".</summary>
    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
