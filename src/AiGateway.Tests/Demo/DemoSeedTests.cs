using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Demo;

/// <summary>What a fresh clone shows: a past that balances, with something of everything in it.</summary>
[Collection(PatientGroup.Name)]
public sealed class DemoSeedTests(DemoGateway demo) : IClassFixture<DemoGateway>
{
    [Fact]
    public async Task The_books_of_the_demo_balance() => Assert.True((await demo.Admin.AuditAsync()).GetProperty("ok").GetBoolean());

    [Fact]
    public void It_has_every_action_type_that_the_contract_names()
    {
        string[] named =
        [
            "adjustment", "audio_speech", "audio_transcription", "blueprint", "chat", "correction", "dispute", "embedding", "expiry", "image", "moderation", "promo_grant",
            "refinement", "refund", "renewal_grant", "subscription_grant", "token_pack", "trial_grant",
        ];
        Assert.Equal(string.Join('\n', named), demo.Table.Rows("SELECT DISTINCT action_type FROM token_transactions ORDER BY 1"));
    }

    [Theory]
    [InlineData("demo-user", 4_234_567)]
    [InlineData("demo-low", 41_900)]
    [InlineData("demo-depleted", -1_240)]
    [InlineData("demo-heavy", 612_480)]
    [InlineData("demo-empty", 0)]
    public void Some_users_end_where_their_story_says(string user, long balance) =>
        Assert.Equal(balance, demo.Table.Number($"SELECT balance FROM accounts WHERE user_id = '{user}'"));

    [Fact]
    public void It_reaches_back_two_months_and_into_running_periods()
    {
        Assert.InRange(demo.Table.Number("SELECT julianday('now') - julianday(min(created_at)) FROM token_transactions"), 58, 61);
        Assert.Equal(10, demo.Table.Number("SELECT count(*) FROM accounts WHERE period_kind = 1"));
        Assert.Equal(
            demo.Table.Number("SELECT sum(t.tokens_used) FROM token_transactions t JOIN accounts a ON a.id = t.account_id WHERE t.entry = 'usage' AND a.user_id = 'demo-low' AND t.created_at >= strftime('%Y-%m-%dT%H:%M:%fZ', a.period_start / 1000.0, 'unixepoch')"),
            demo.Table.Number("SELECT period_used FROM accounts WHERE user_id = 'demo-low'"));
    }

    [Fact]
    public async Task What_was_sold_elsewhere_waits_for_an_operator()
    {
        await Eventually.TrueAsync(async () => (await demo.Admin.PageAsync("stripe/events?state=parked")).Count == 1, "one event is parked");
        await Eventually.TrueAsync(async () => (await demo.Admin.PageAsync("stripe/events?state=applied")).Count == 1, "the pack is there");
    }

    [Fact]
    public async Task A_second_start_changes_nothing()
    {
        await Eventually.TrueAsync(async () => (await demo.Admin.PageAsync("stripe/events?state=applied")).Count == 1, "the pack is there");
        var before = demo.Table.Rows("SELECT user_id, balance, seq FROM accounts ORDER BY user_id");
        await using var again = demo.Another();
        await again.StartAsync();
        Assert.Equal(before, demo.Table.Rows("SELECT user_id, balance, seq FROM accounts ORDER BY user_id"));
    }
}
