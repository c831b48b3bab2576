using AiGateway.Accounts;
using AiGateway.Ledger;
using AiGateway.Storage;
using AiGateway.Tests.Billing;
using AiGateway.Tests.Ledger;
using static AiGateway.Tests.Ledger.LedgerBox;

namespace AiGateway.Tests.Accounts;

/// <summary>A person is forgotten; the figures stay.</summary>
public sealed class ErasureTests
{
    private static Erasure Of(BillingBox box) => new(box.Get<Connections>(), box.Get<KeyListVersion>(), box.Clock);

    /// <summary>Anna has bought, used and been written about.</summary>
    private static async Task<BillingBox> LivedAsync()
    {
        var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User) { Customer = "cus_1" };
        sub.Now("active", Start);
        await sub.PaidAsync("in_1", Start);
        await box.BuyAsync();
        await box.Ledger.UseAsync(1_000, "r1");
        await box.Ledger.Books.GrantAsync(new GrantRequest(User, 5, LotKind.Promo, "promo_grant", "promo", Metadata: """{"mail":"anna@example.com"}"""), Cancel);
        await new KeyStore(box.Get<Connections>(), box.Get<KeyListVersion>(), box.Clock).MakeAsync(KeyKind.User, User, "anna's phone", null, Cancel);
        box.Table.Run("INSERT INTO alerts (kind, subject, threshold, period_start, value, message, raised_at, state, sent_by, attempts, next_try_at) VALUES ('heavy_user', 'anna', 1, 1, 1, 'User anna uses much.', 1, 1, 0, 0, 0)");
        box.Table.Run("INSERT INTO idempotent_answers (user_id, key_hash, body_hash, state, request_id, expires_at, created_at, status) VALUES ('anna', x'01', x'02', 1, 'r', 1, 1, 200)");
        box.Clock.Advance(Sub.Month);
        await box.TellAsync("customer.subscription.deleted", sub.Now("canceled", Start, ended: Start + Sub.Month));
        return box;
    }

    [Fact]
    public async Task Nothing_in_the_database_names_an_erased_person()
    {
        await using var box = await LivedAsync();
        Assert.Equal(ErasureOutcome.Erased, (await Of(box).EraseAsync(User, Cancel)).Outcome);
        foreach (var table in box.Table.Rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").Split('\n'))
            Assert.DoesNotContain("anna", box.Table.Rows($"SELECT * FROM {table}"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task No_figure_changes_and_the_books_balance()
    {
        await using var box = await LivedAsync();
        const string figures = "SELECT seq, entry, action_type, tokens_used, tokens_remaining, cost_nano_usd, source_key FROM token_transactions ORDER BY seq";
        var (before, sold) = (box.Table.Rows(figures), box.Table.Rows("SELECT source_key, tokens, charged FROM payments"));
        var pseudonym = (await Of(box).EraseAsync(User, Cancel)).Pseudonym ?? "";
        Assert.Equal((before, sold), (box.Table.Rows(figures), box.Table.Rows("SELECT source_key, tokens, charged FROM payments")));
        Assert.Equal(5, box.Balance(pseudonym));
        await box.Ledger.AssertBalancedAsync();
    }

    [Fact]
    public async Task Whoever_comes_again_is_somebody_new_and_old_grants_are_not_given_twice()
    {
        await using var box = await LivedAsync();
        await Of(box).EraseAsync(User, Cancel);
        Assert.Equal(GrantOutcome.Conflict, (await box.Ledger.Books.GrantAsync(new GrantRequest(User, 5, LotKind.Promo, "promo_grant", "promo", Metadata: """{"mail":"anna@example.com"}"""), Cancel)).Outcome);
        await box.Ledger.Books.OpenAsync(User, Cancel);
        Assert.Equal(0, box.Balance());
        await box.Ledger.AssertBalancedAsync();
    }

    [Fact]
    public async Task His_keys_are_revoked_and_other_peoples_rows_stay()
    {
        await using var box = await LivedAsync();
        await new Sub(box, "annabel", id: "sub_2") { Customer = "cus_annabel" }.PaidAsync("in_2", box.Clock.GetUtcNow());
        await Of(box).EraseAsync(User, Cancel);
        Assert.Equal("1", box.Table.Text("SELECT count(*) FROM api_keys WHERE revoked_at IS NOT NULL AND name = 'erased'"));
        Assert.Equal(600_000, box.Balance("annabel"));
        Assert.Contains("annabel", box.Table.Text("SELECT payload FROM stripe_events WHERE payload LIKE '%in_2%'"));
    }

    [Fact]
    public async Task A_running_subscription_or_call_comes_first()
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.Equal(ErasureOutcome.UnknownUser, (await Of(box).EraseAsync(User, Cancel)).Outcome);
        await box.Ledger.GrantAsync(10, "g");
        await box.Ledger.HoldAsync(10, "r1");
        Assert.Equal(ErasureOutcome.CallsRun, (await Of(box).EraseAsync(User, Cancel)).Outcome);
        await box.Ledger.ReleaseAsync("r1");
        var sub = new Sub(box, User);
        await box.TellAsync("customer.subscription.created", sub.Now("active", Start));
        Assert.Equal(ErasureOutcome.SubscriptionRuns, (await Of(box).EraseAsync(User, Cancel)).Outcome);
        Assert.Equal(10, box.Balance());
    }
}
