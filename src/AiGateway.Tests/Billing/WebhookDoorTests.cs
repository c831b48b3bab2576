using System.Text;
using AiGateway.Billing;
using AiGateway.Tests.Ledger;
using AiGateway.Tests.Support;
using Microsoft.Data.Sqlite;
using Stripe;
using static AiGateway.Tests.Ledger.LedgerBox;

namespace AiGateway.Tests.Billing;

/// <summary>Stripe's door: believes signatures only, thanks only for what is durable.</summary>
public sealed class WebhookDoorTests
{
    private const string Count = "AIGATEWAY_TESTS_MALFORMED";

    private static string Body(BillingBox box, string id = "evt_1") => Paper.Event(id, "invoice.paid", new Sub(box, User).Invoice("in_1", Start));

    private static string Sign(BillingBox box, string body, string secret = BillingBox.Secret, long shift = 0) =>
        EventUtility.GenerateSignatureHeader(body, secret, box.Clock.GetUtcNow().ToUnixTimeSeconds() + shift);

    /// <summary>Eight nodes' workers at once. One that finds the database busy looks again, as the service does.</summary>
    private static Task WorkAsync(BillingBox box) => Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Eventually.TrueAsync(async () =>
    {
        try
        {
            await box.Worker.RunOnceAsync(Cancel);
            return true;
        }
        catch (SqliteException busy) when (busy.SqliteErrorCode == SQLitePCL.raw.SQLITE_BUSY)
        {
            return false;
        }
    }, "a worker has seen every event"), Cancel)));

    [Fact]
    public async Task A_signed_event_is_durable_before_it_is_thanked_for()
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.Equal(200, await box.PostSignedAsync(Body(box)));
        Assert.Equal("evt_1|invoice.paid|0", box.Table.Rows("SELECT event_id, type, state FROM stripe_events"));
        await box.Worker.RunOnceAsync(Cancel);
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task After_a_quiet_hour_the_next_event_is_heard_at_once()
    {
        await using var box = await BillingBox.OpenAsync();
        for (var step = 0; step < 5; step++)
            await box.Inbox.WaitAsync(TimeSpan.FromMilliseconds(1), Cancel);
        await box.PostSignedAsync(Body(box));
        await box.Inbox.WaitAsync(TimeSpan.FromHours(1), Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task Fifty_equal_deliveries_at_once_grant_once()
    {
        await using var box = await BillingBox.OpenAsync();
        var body = Body(box);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => box.PostSignedAsync(body), Cancel)));
        Assert.All(statuses, status => Assert.Equal(200, status));
        await WorkAsync(box);
        Assert.Equal((600_000, 1), (box.Balance(), box.Table.Number("SELECT count(*) FROM token_lots")));
        await box.Ledger.AssertBalancedAsync();
    }

    [Fact]
    public async Task Fifty_events_at_once_are_all_kept()
    {
        await using var box = await BillingBox.OpenAsync();
        var statuses = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => box.PostSignedAsync(Body(box, $"evt_{i}")), Cancel)));
        Assert.All(statuses, status => Assert.Equal(200, status));
        Assert.Equal(50, box.Table.Number("SELECT count(*) FROM stripe_events"));
    }

    [Fact]
    public async Task A_busy_database_is_503_and_what_is_sent_again_is_kept()
    {
        await using var box = await BillingBox.OpenAsync();
        await using (var other = new SqliteConnection($"Data Source={box.Ledger.Path}"))
        {
            await other.OpenAsync(Cancel);
            await using var held = other.BeginTransaction(deferred: false);
            Assert.Equal(503, await box.PostSignedAsync(Body(box)));
        }
        Assert.Equal(0, box.Table.Number("SELECT count(*) FROM stripe_events"));
        Assert.Equal(200, await box.PostSignedAsync(Body(box)));
        Assert.Equal(1, box.Table.Number("SELECT count(*) FROM stripe_events"));
    }

    [Fact]
    public async Task Fifty_events_of_one_payment_applied_at_once_grant_once()
    {
        await using var box = await BillingBox.OpenAsync();
        for (var i = 0; i < 50; i++)
            Assert.Equal(200, await box.PostSignedAsync(Body(box, $"evt_{i}")));
        await WorkAsync(box);
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task What_was_tampered_with_is_refused_and_not_kept()
    {
        await using var box = await BillingBox.OpenAsync();
        var body = Body(box);
        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.Equal(400, await box.PostAsync(Encoding.UTF8.GetBytes(body.Replace("10900", "1", StringComparison.Ordinal)), Sign(box, body)));
        Assert.Equal(400, await box.PostAsync(bytes, Sign(box, body, "whsec_of_somebody_else")));
        Assert.Equal(400, await box.PostAsync(bytes, null));
        Assert.Equal(400, await box.PostAsync(bytes, ""));
        Assert.Equal(0, box.Table.Number("SELECT count(*) FROM stripe_events"));
    }

    [Theory]
    [InlineData(-299, 200)]
    [InlineData(-301, 400)]
    public async Task An_old_signature_is_no_longer_believed(long shift, int status)
    {
        await using var box = await BillingBox.OpenAsync();
        var body = Body(box);
        Assert.Equal(status, await box.PostAsync(Encoding.UTF8.GetBytes(body), Sign(box, body, shift: shift)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"object\":\"event\",\"id\":1,\"type\":\"x\",\"data\":{}}")]
    [InlineData("{\"object\":\"event\",\"id\":\"evt_1\",\"type\":null,\"data\":{}}")]
    [InlineData("{\"object\":\"event\",\"id\":\"evt_1\",\"type\":\"x\",\"data\":[]}")]
    public async Task A_signed_body_that_is_no_event_is_refused(string body)
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.Equal(400, await box.PostSignedAsync(body));
    }

    [Theory]
    [InlineData("{\"object\":\"event\",\"id\":\"evt_1\",\"type\":\"invoice.paid\",\"data\":{}}")]
    [InlineData("{\"object\":\"event\",\"id\":\"evt_1\",\"type\":\"invoice.paid\",\"data\":{\"object\":{\"object\":\"invoice\"}}}")]
    [InlineData("{\"object\":\"event\",\"id\":\"evt_1\",\"type\":\"invoice.paid\",\"api_version\":\"2026-10-28.endive\",\"data\":{\"object\":7}}")]
    public async Task A_thin_event_is_kept_and_parked(string body)
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.Equal(200, await box.PostSignedAsync(body));
        await box.Worker.RunOnceAsync(Cancel);
        Assert.StartsWith("2", box.State("evt_1"));
    }

    [Fact]
    public async Task A_body_beyond_the_bound_is_refused()
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.Equal(400, await box.PostSignedAsync(new string(' ', WebhookDoor.LargestBody) + Body(box)));
    }

    [Fact]
    public async Task A_database_that_cannot_store_is_503()
    {
        await using var box = await BillingBox.OpenAsync();
        box.Table.Run("ALTER TABLE stripe_events RENAME TO stripe_events_elsewhere");
        Assert.Equal(503, await box.PostSignedAsync(Body(box)));
    }

    [Fact]
    public async Task Malformed_requests_are_400_and_leave_nothing()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable(Count), out var asked) ? asked : 2_000;
        await using var box = await BillingBox.OpenAsync();
        var random = new Random(20_260_310);
        var statuses = new Dictionary<int, int>();
        for (var i = 0; i < count; i++)
        {
            var (body, header) = Malformed(box, random);
            var status = await box.PostAsync(body, header);
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
        }
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", statuses.Select(s => $"{s.Key}: {s.Value}")));
        Assert.Equal(new Dictionary<int, int> { [400] = count }, statuses);
        Assert.Equal(0, box.Table.Number("SELECT count(*) FROM stripe_events"));
    }

    private static (byte[] Body, string? Header) Malformed(BillingBox box, Random random)
    {
        var body = Body(box);
        var bytes = Encoding.UTF8.GetBytes(body);
        var good = Sign(box, body);
        switch (random.Next(10))
        {
            case 0: bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256); return (bytes, good);
            case 1: return (bytes[..random.Next(bytes.Length)], good);
            case 2: return (bytes, good[..random.Next(good.Length - 1)]);
            case 3: return (bytes, good.Replace("t=", "t=" + random.NextInt64(), StringComparison.Ordinal));
            case 4: return (bytes, good.Replace("t=", "t=" + new string('9', random.Next(20, 60)), StringComparison.Ordinal));
            case 5: return (bytes, good.Replace("v1=", random.Next(2) == 0 ? "v0=" : "v1", StringComparison.Ordinal));
            case 6: return (bytes, new string([.. Enumerable.Range(0, random.Next(200)).Select(_ => (char)random.Next(32, 127))]));
            case 7: var noise = new byte[random.Next(2_000)]; random.NextBytes(noise); return (noise, good);
            case 8: var text = new string([.. Enumerable.Range(0, random.Next(500)).Select(_ => "{}[]\":,evt_1 "[random.Next(13)])]); return (Encoding.UTF8.GetBytes(text), Sign(box, text));
            default: return (bytes, Sign(box, body, shift: -301 - random.Next(100_000)));
        }
    }
}
