using System.Data.Common;
using AiGateway.Storage;
using AiGateway.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Billing;

/// <summary>The tables behind payments. Facts are inserted once; what may change is written whole.</summary>
internal sealed class BillingStore(Connections database, IDbContextFactory<GatewayDb> reading, TimeProvider time)
{
    /// <summary>Stripe's words for a subscription that is charged for.</summary>
    public static readonly string[] Live = ["active", "trialing", "past_due"];

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task<string?> UserOfAsync(string customerId, CancellationToken cancel)
    {
        await using var db = reading.CreateDbContext();
        return await db.StripeCustomers.Where(c => c.CustomerId == customerId).Select(c => c.UserId).SingleOrDefaultAsync(cancel);
    }

    public async Task<string?> CustomerOfAsync(string userId, CancellationToken cancel)
    {
        await using var db = reading.CreateDbContext();
        return await db.StripeCustomers.Where(c => c.UserId == userId).OrderByDescending(c => c.CreatedAt).ThenBy(c => c.CustomerId)
            .Select(c => c.CustomerId).FirstOrDefaultAsync(cancel);
    }

    public async Task LinkCustomerAsync(string customerId, string userId, CancellationToken cancel)
    {
        if (await database.RunAsync("UPDATE stripe_customers SET user_id = @user WHERE customer_id = @id", cancel, ("@user", userId), ("@id", customerId)) == 0)
            await InsertAsync("INSERT INTO stripe_customers (customer_id, user_id, created_at) VALUES (@id, @user, @now)",
                cancel, ("@id", customerId), ("@user", userId), ("@now", Now));
    }

    public async Task<SubscriptionRow?> SubscriptionAsync(string id, CancellationToken cancel)
    {
        await using var db = reading.CreateDbContext();
        return await db.Subscriptions.SingleOrDefaultAsync(s => s.SubscriptionId == id, cancel);
    }

    /// <summary>Those that run, newest first.</summary>
    public async Task<IReadOnlyList<SubscriptionRow>> LiveSubscriptionsAsync(string userId, CancellationToken cancel)
    {
        await using var db = reading.CreateDbContext();
        return await db.Subscriptions.Where(s => s.UserId == userId && Live.Contains(s.Status)).OrderByDescending(s => s.PeriodStart).ToListAsync(cancel);
    }

    /// <summary>Writes the mirror; what no look at the object tells (grace, failing) stays as it is.</summary>
    public async Task SaveAsync(SubscriptionRow s, CancellationToken cancel)
    {
        (string, object?)[] values =
        [
            ("@id", s.SubscriptionId), ("@customer", s.CustomerId), ("@user", s.UserId), ("@plan", s.PlanId), ("@status", s.Status), ("@start", s.PeriodStart),
            ("@end", s.PeriodEnd), ("@cancels", s.CancelAtPeriodEnd), ("@ended", s.EndedAt), ("@now", Now),
        ];
        const string update =
            """
            UPDATE subscriptions SET customer_id = @customer, user_id = @user, plan_id = @plan, status = @status, period_start = @start, period_end = @end,
            cancel_at_period_end = @cancels, ended_at = @ended, updated_at = @now WHERE subscription_id = @id
            """;
        if (await database.RunAsync(update, cancel, values) > 0)
            return;
        await InsertAsync(
            """
            INSERT INTO subscriptions (subscription_id, customer_id, user_id, plan_id, status, period_start, period_end, cancel_at_period_end, ended_at,
            no_grace_up_to, is_payment_failing, updated_at) VALUES (@id, @customer, @user, @plan, @status, @start, @end, @cancels, @ended, 0, 0, @now)
            """, cancel, values);
    }

    public Task SetFailingAsync(string subscriptionId, bool isFailing, CancellationToken cancel) => database.RunAsync(
        "UPDATE subscriptions SET is_payment_failing = @failing, updated_at = @now WHERE subscription_id = @id",
        cancel, ("@failing", isFailing), ("@now", Now), ("@id", subscriptionId));

    /// <returns>False: it was marked before.</returns>
    public async Task<bool> MarkSecondAsync(string subscriptionId, string first, CancellationToken cancel) => await database.RunAsync(
        "UPDATE subscriptions SET second_of = @first, updated_at = @now WHERE subscription_id = @id AND second_of IS NULL",
        cancel, ("@first", first), ("@now", Now), ("@id", subscriptionId)) > 0;

    public Task EndGraceAsync(string subscriptionId, long upTo, CancellationToken cancel) => database.RunAsync(
        "UPDATE subscriptions SET no_grace_up_to = @upTo, updated_at = @now WHERE subscription_id = @id AND no_grace_up_to < @upTo",
        cancel, ("@upTo", upTo), ("@now", Now), ("@id", subscriptionId));

    public async Task<PurchaseRow?> PurchaseAsync(string id, CancellationToken cancel)
    {
        await using var db = reading.CreateDbContext();
        return await db.Purchases.SingleOrDefaultAsync(p => p.Id == id, cancel);
    }

    public async Task<IReadOnlyList<PurchaseRow>> OpenPurchasesAsync(string userId, CancellationToken cancel)
    {
        await using var db = reading.CreateDbContext();
        return await db.Purchases.Where(p => p.UserId == userId && p.State == PurchaseStates.Open).ToListAsync(cancel);
    }

    public Task AddAsync(PurchaseRow p, CancellationToken cancel) => database.RunAsync(
        """
        INSERT INTO purchases (id, user_id, kind, offer_id, tokens, usd_cents, price_id, state, created_at, closed_at)
        VALUES (@id, @user, @kind, @offer, @tokens, @cents, @price, @state, @now, 0)
        """,
        cancel, ("@id", p.Id), ("@user", p.UserId), ("@kind", p.Kind), ("@offer", p.OfferId), ("@tokens", p.Tokens), ("@cents", p.UsdCents),
        ("@price", p.PriceId), ("@state", p.State), ("@now", Now));

    public Task SetSessionAsync(string purchaseId, string? sessionId, string url, CancellationToken cancel) => database.RunAsync(
        "UPDATE purchases SET session_id = @session, url = @url WHERE id = @id", cancel, ("@session", sessionId), ("@url", url), ("@id", purchaseId));

    /// <summary>A paid purchase stays paid, whatever comes after it, and one whose money went back is over.</summary>
    public Task SetStateAsync(string purchaseId, string state, CancellationToken cancel) => database.RunAsync(
        "UPDATE purchases SET state = @state, closed_at = @now WHERE id = @id AND state NOT IN ('paid', 'refunded')", cancel, ("@state", state), ("@now", Now), ("@id", purchaseId));

    public Task AddAsync(PaymentRow p, CancellationToken cancel) => InsertAsync(
        """
        INSERT INTO payments (source_key, user_id, offer_id, tokens, charged, currency, invoice_id, payment_intent_id, subscription_id, period_start, period_end, created_at)
        VALUES (@key, @user, @offer, @tokens, @charged, @currency, @invoice, @intent, @subscription, @start, @end, @now)
        """,
        cancel, ("@key", p.SourceKey), ("@user", p.UserId), ("@offer", p.OfferId), ("@tokens", p.Tokens), ("@charged", p.Charged), ("@currency", p.Currency),
        ("@invoice", p.InvoiceId), ("@intent", p.PaymentIntentId), ("@subscription", p.SubscriptionId), ("@start", p.PeriodStart), ("@end", p.PeriodEnd), ("@now", p.CreatedAt > 0 ? p.CreatedAt : Now));

    public async Task<IReadOnlyList<PaymentRow>> PaymentsOfSubscriptionAsync(string subscriptionId, CancellationToken cancel)
    {
        await using var db = reading.CreateDbContext();
        return await db.Payments.Where(p => p.SubscriptionId == subscriptionId).OrderBy(p => p.SourceKey).ToListAsync(cancel);
    }

    public Task LinkInvoiceAsync(string invoiceId, string paymentIntentId, CancellationToken cancel) => InsertAsync(
        "INSERT INTO invoice_payments (invoice_id, payment_intent_id, created_at) VALUES (@invoice, @intent, @now)",
        cancel, ("@invoice", invoiceId), ("@intent", paymentIntentId), ("@now", Now));

    /// <summary>The lots that this payment paid for: a pack's names it, a plan's names its invoice.</summary>
    public async Task<IReadOnlyList<PaymentRow>> PaymentsOfIntentAsync(string paymentIntentId, CancellationToken cancel)
    {
        await using var db = reading.CreateDbContext();
        // Two looks by two indexes: with "or" between them the database would walk the whole table.
        var direct = await db.Payments.Where(p => p.PaymentIntentId == paymentIntentId).ToListAsync(cancel);
        var invoiced = await (
            from link in db.InvoicePayments
            join payment in db.Payments on link.InvoiceId equals payment.InvoiceId
            where link.PaymentIntentId == paymentIntentId
            select payment).ToListAsync(cancel);
        return [.. direct.Concat(invoiced).DistinctBy(p => p.SourceKey).OrderBy(p => p.SourceKey, StringComparer.Ordinal)];
    }

    public async Task<IReadOnlyList<PaymentClaimRow>> ClaimsOnAsync(PaymentRow payment, CancellationToken cancel)
    {
        await using var db = reading.CreateDbContext();
        var direct = payment.PaymentIntentId is { } intent ? await db.PaymentClaims.Where(c => c.PaymentIntentId == intent).ToListAsync(cancel) : [];
        var invoiced = payment.InvoiceId is not { } invoice ? [] : await (
            from link in db.InvoicePayments
            join claim in db.PaymentClaims on link.PaymentIntentId equals claim.PaymentIntentId
            where link.InvoiceId == invoice
            select claim).ToListAsync(cancel);
        return [.. direct.Concat(invoiced).DistinctBy(c => c.Id).OrderBy(c => c.Id, StringComparer.Ordinal)];
    }

    public async Task<PaymentClaimRow?> ClaimAsync(string id, CancellationToken cancel)
    {
        await using var db = reading.CreateDbContext();
        return await db.PaymentClaims.SingleOrDefaultAsync(c => c.Id == id, cancel);
    }

    public async Task SaveAsync(PaymentClaimRow c, CancellationToken cancel)
    {
        (string, object?)[] values =
            [("@id", c.Id), ("@kind", c.Kind), ("@intent", c.PaymentIntentId), ("@amount", c.Amount), ("@status", c.Status), ("@now", Now)];
        if (await database.RunAsync("UPDATE payment_claims SET amount = @amount, status = @status, updated_at = @now WHERE id = @id", cancel, values) == 0)
            await InsertAsync("INSERT INTO payment_claims (id, kind, payment_intent_id, amount, status, updated_at) VALUES (@id, @kind, @intent, @amount, @status, @now)",
                cancel, values);
    }

    /// <summary>Whether somebody's bank has asked back money that this user paid, and it is not decided yet.</summary>
    public async Task<bool> HasOpenDisputeAsync(string userId, CancellationToken cancel)
    {
        await using var db = reading.CreateDbContext();
        var open = await db.PaymentClaims.Where(c => c.Kind == PaymentClaims.Dispute && PaymentClaims.OpenWords.Contains(c.Status)).ToListAsync(cancel);
        foreach (var claim in open)
            if ((await PaymentsOfIntentAsync(claim.PaymentIntentId, cancel)).Any(p => p.UserId == userId))
                return true;
        return false;
    }

    public async Task<string> KnownOfInvoiceAsync(string invoiceId, CancellationToken cancel)
    {
        await using var db = reading.CreateDbContext();
        return string.Join(' ', await db.Payments.Where(p => p.InvoiceId == invoiceId).OrderBy(p => p.SourceKey).Select(p => p.SourceKey).ToListAsync(cancel));
    }

    public async Task<string> KnownOfSessionAsync(string sessionId, string? purchaseId, CancellationToken cancel)
    {
        await using var db = reading.CreateDbContext();
        var isPaid = await db.Payments.AnyAsync(p => p.SourceKey == $"cs:{sessionId}", cancel);
        return $"{isPaid} {(purchaseId is null ? null : (await PurchaseAsync(purchaseId, cancel))?.State)}";
    }

    public async Task<string> KnownOfClaimAsync(string claimId, string? paymentIntentId, CancellationToken cancel)
    {
        var claim = await ClaimAsync(claimId, cancel);
        var keys = paymentIntentId is null ? [] : (await PaymentsOfIntentAsync(paymentIntentId, cancel)).Select(p => p.SourceKey).ToList();
        await using var db = reading.CreateDbContext();
        return $"{claim?.Status} {claim?.Amount} {await db.TokenLots.Where(l => keys.Contains(l.SourceKey)).SumAsync(l => l.ClawedBack, cancel)}";
    }

    /// <summary>Inserts a fact; one that is there already is the same.</summary>
    private async Task InsertAsync(string sql, CancellationToken cancel, params (string, object?)[] parameters)
    {
        try
        {
            await database.RunAsync(sql, cancel, parameters);
        }
        catch (DbException twice) when (database.IsDuplicate(twice))
        {
            // The key is taken: it was told before.
        }
    }
}
