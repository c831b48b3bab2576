using AiGateway.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Storage;

/// <summary>The tables behind payments.</summary>
internal static class BillingTables
{
    // Stripe's ids have at most 255 characters.
    private const int Id = 255;

    public static void Describe(ModelBuilder model)
    {
        model.Entity<StripeEventRow>(t =>
        {
            t.ToTable("stripe_events").HasKey(e => e.EventId);
            t.Property(e => e.EventId).HasMaxLength(Id);
            t.Property(e => e.Type).HasMaxLength(128);
            t.Property(e => e.Note).HasMaxLength(512);
            t.Property(e => e.CustomerId).HasMaxLength(Id);
            t.HasIndex(e => new { e.State, e.NextTryAt });
            t.HasIndex(e => e.ReceivedAt);
        });
        model.Entity<StripeCustomerRow>(t =>
        {
            t.ToTable("stripe_customers").HasKey(c => c.CustomerId);
            t.Property(c => c.CustomerId).HasMaxLength(Id);
            t.Property(c => c.UserId).HasMaxLength(128);
            t.HasIndex(c => c.UserId);
        });
        model.Entity<SubscriptionRow>(t =>
        {
            t.ToTable("subscriptions").HasKey(s => s.SubscriptionId);
            t.Property(s => s.SubscriptionId).HasMaxLength(Id);
            t.Property(s => s.CustomerId).HasMaxLength(Id);
            t.Property(s => s.UserId).HasMaxLength(128);
            t.Property(s => s.PlanId).HasMaxLength(64);
            t.Property(s => s.Status).HasMaxLength(32);
            t.Property(s => s.SecondOf).HasMaxLength(Id);
            t.HasIndex(s => s.UserId);
        });
        DescribePayments(model);
    }

    private static void DescribePayments(ModelBuilder model)
    {
        model.Entity<PurchaseRow>(t =>
        {
            t.ToTable("purchases").HasKey(p => p.Id);
            t.Property(p => p.Id).HasMaxLength(64);
            t.Property(p => p.UserId).HasMaxLength(128);
            t.Property(p => p.Kind).HasMaxLength(8);
            t.Property(p => p.OfferId).HasMaxLength(64);
            t.Property(p => p.PriceId).HasMaxLength(Id);
            t.Property(p => p.State).HasMaxLength(16);
            t.Property(p => p.SessionId).HasMaxLength(Id);
            t.HasIndex(p => p.UserId);
        });
        model.Entity<PaymentRow>(t =>
        {
            t.ToTable("payments").HasKey(p => p.SourceKey);
            t.Property(p => p.SourceKey).HasMaxLength(256);
            t.Property(p => p.UserId).HasMaxLength(128);
            t.Property(p => p.OfferId).HasMaxLength(64);
            t.Property(p => p.Currency).HasMaxLength(8);
            t.Property(p => p.InvoiceId).HasMaxLength(Id);
            t.Property(p => p.PaymentIntentId).HasMaxLength(Id);
            t.Property(p => p.SubscriptionId).HasMaxLength(Id);
            t.HasIndex(p => p.InvoiceId);
            t.HasIndex(p => p.PaymentIntentId);
            t.HasIndex(p => p.SubscriptionId);
        });
        model.Entity<InvoicePaymentRow>(t =>
        {
            t.ToTable("invoice_payments").HasKey(p => new { p.InvoiceId, p.PaymentIntentId });
            t.Property(p => p.InvoiceId).HasMaxLength(Id);
            t.Property(p => p.PaymentIntentId).HasMaxLength(Id);
            t.HasIndex(p => p.PaymentIntentId);
        });
        model.Entity<PaymentClaimRow>(t =>
        {
            t.ToTable("payment_claims").HasKey(c => c.Id);
            t.Property(c => c.Id).HasMaxLength(Id);
            t.Property(c => c.Kind).HasMaxLength(8);
            t.Property(c => c.PaymentIntentId).HasMaxLength(Id);
            t.Property(c => c.Status).HasMaxLength(32);
            t.HasIndex(c => c.PaymentIntentId);
        });
    }
}
