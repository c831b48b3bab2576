using AiGateway.Insights;
using AiGateway.Jobs;
using AiGateway.Storage.Tables;
using AiGateway.Tests.Insights;
using AiGateway.Tests.Ledger;

namespace AiGateway.Tests.Jobs;

/// <summary>The owner is told once: for each user, threshold and period, however many nodes see it and however often they look.</summary>
public sealed class AlertTests
{
    private static readonly DateTimeOffset Start = LedgerBox.Start.AddDays(-5);

    [Theory]
    [InlineData("monthly", 28, 1_000_000, 0)]
    [InlineData("monthly", 28, 1_000_001, 1)]
    [InlineData("annual", 365, 8_000_000, 0)]
    [InlineData("annual", 365, 8_000_001, 1)]
    public async Task A_user_beyond_the_plans_figure_raises_one_alert_not_many(string plan, int days, long tokens, int alerts)
    {
        await using var box = await InsightsBox.OpenAsync();
        await AlertBox.SubscribeAsync(box, "anna", plan, Start, Start.AddDays(days));
        await AlertBox.UseAsync(box, "anna", tokens, "c1");
        var nodes = Enumerable.Range(0, 4).Select(_ => new AlertBox(box)).ToList();
        for (var look = 0; look < 3; look++)
        {
            await Task.WhenAll(nodes.Select(node => Task.Run(() => node.LookAsync())));
            await AlertBox.UseAsync(box, "anna", alerts, $"more {look}");
        }
        Assert.Equal(alerts, box.Table.Number("SELECT count(*) FROM alerts"));
    }

    [Fact]
    public async Task The_next_cycle_is_a_period_of_its_own()
    {
        await using var box = await InsightsBox.OpenAsync();
        var node = new AlertBox(box);
        await AlertBox.SubscribeAsync(box, "anna", "monthly", Start, Start.AddDays(28));
        await AlertBox.UseAsync(box, "anna", 1_000_001, "c1");
        await node.LookAsync();
        box.Ledger.Clock.Advance(TimeSpan.FromDays(28));
        await AlertBox.SubscribeAsync(box, "anna", "monthly", Start.AddDays(28), Start.AddDays(56));
        await node.LookAsync();
        Assert.Equal(1, box.Table.Number("SELECT count(*) FROM alerts"));
        await AlertBox.UseAsync(box, "anna", 1_000_001, "c2");
        await node.LookAsync();
        Assert.Equal("1000001|1000000\n1000001|1000000", box.Table.Rows("SELECT value, threshold FROM alerts WHERE kind = 'heavy_user' AND subject = 'anna'"));
    }

    [Fact]
    public async Task A_second_subscription_is_told_of_once()
    {
        await using var box = await InsightsBox.OpenAsync();
        box.Table.Run("INSERT INTO subscriptions (subscription_id, customer_id, user_id, status, period_start, period_end, cancel_at_period_end, no_grace_up_to, is_payment_failing, second_of, updated_at) VALUES ('sub_2', 'cus', 'anna', 'canceled', 7, 9, 0, 0, 0, 'sub_1', 0)");
        for (var look = 0; look < 3; look++)
            await new AlertBox(box).LookAsync();
        Assert.Equal("anna|7", box.Table.Rows("SELECT subject, period_start FROM alerts WHERE kind = 'double_subscription'"));
        Assert.Contains("sub_2 beside sub_1", box.Table.Text("SELECT message FROM alerts WHERE kind = 'double_subscription'"));
    }

    [Fact]
    public async Task A_user_without_a_plan_is_nobodys_business()
    {
        await using var box = await InsightsBox.OpenAsync();
        await box.Ledger.GrantAsync(10, "g");
        await AlertBox.UseAsync(box, "anna", 9_000_000, "c1");
        await new AlertBox(box).LookAsync();
        Assert.Equal(0, box.Table.Number("SELECT count(*) FROM alerts WHERE kind = 'heavy_user'"));
    }

    [Fact]
    public async Task Nobody_waits_behind_those_who_were_told_of()
    {
        await using var box = await InsightsBox.OpenAsync();
        for (var user = 0; user < 230; user++)
            await AlertBox.SubscribeAsync(box, $"user-{user}", "monthly", Start, Start.AddDays(28));
        for (var user = 0; user < 230; user++)
            await AlertBox.UseAsync(box, $"user-{user}", 1_000_001, $"c{user}");
        await new AlertBox(box).LookAsync();
        await new AlertBox(box).LookAsync();
        Assert.Equal(230, box.Table.Number("SELECT count(*) FROM alerts"));
    }

    [Fact]
    public async Task A_margin_below_the_target_and_a_model_without_a_price_are_told_once_a_month()
    {
        await using var box = await InsightsBox.OpenAsync();
        await box.Ledger.GrantAsync(100_000, "g");
        box.Pay("p", "anna", "small", 400, null, null, LedgerBox.Start.UtcDateTime.AddHours(-1));
        await AlertBox.UseAsync(box, "anna", 10, "c1", cost: 1_000_000_000);
        await new AlertBox(box).LookAsync();
        await new AlertBox(box).LookAsync();
        Assert.Equal("margin_low||80|75", box.Table.Rows("SELECT kind, subject, threshold, value FROM alerts"));
        await AlertBox.UseAsync(box, "anna", 10, "c2", InsightsBox.Unpriced, cost: 1);
        await new AlertBox(box).LookAsync();
        await new AlertBox(box).LookAsync();
        Assert.Equal("margin_low|\nprice_missing|my-own-model", box.Table.Rows("SELECT kind, subject FROM alerts ORDER BY kind"));
    }

    [Fact]
    public async Task Books_that_do_not_balance_are_found_by_the_audit_and_told()
    {
        await using var box = await InsightsBox.OpenAsync();
        await box.Ledger.GrantAsync(100_000, "g");
        var node = new AlertBox(box);
        await node.LookAsync(mayAudit: true);
        Assert.Equal(0, box.Table.Number("SELECT count(*) FROM alerts"));
        box.Table.Run("UPDATE accounts SET balance = balance + 1");
        box.Ledger.Clock.Advance(TimeSpan.FromHours(7));
        await node.LookAsync(mayAudit: true);
        await node.LookAsync(mayAudit: true);
        Assert.Equal($"account_frozen|{LedgerBox.User}\nbooks_unbalanced|", box.Table.Rows("SELECT kind, subject FROM alerts ORDER BY kind"));
    }

    [Fact]
    public async Task Each_channel_is_tried_until_it_has_it_and_no_longer()
    {
        await using var box = await InsightsBox.OpenAsync();
        var (hook, mail) = (new Deaf(AlertChannel.WebhookBit, 2), new Deaf(AlertChannel.MailBit, 0));
        var node = new AlertBox(box, new AlertOptions { WebhookUrl = new Uri("https://example.com/"), SmtpHost = "mail" }, hook, mail);
        Assert.True(await node.Book.RaiseAsync(Alert, LedgerBox.Cancel));
        for (var step = 0; step < 10; step++)
        {
            await node.SendAsync();
            box.Ledger.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Equal((3, 1), (hook.Tries, mail.Tries));
        Assert.Equal("1|3|3|", box.Table.Rows("SELECT state, sent_by, attempts, note FROM alerts"));
        Assert.Single(hook.Ids.Distinct());
    }

    [Fact]
    public async Task What_cannot_be_sent_is_given_up_in_the_end_and_says_why()
    {
        await using var box = await InsightsBox.OpenAsync();
        var hook = new Deaf(AlertChannel.WebhookBit, int.MaxValue);
        var node = new AlertBox(box, new AlertOptions { WebhookUrl = new Uri("https://example.com/") }, hook);
        await node.Book.RaiseAsync(Alert, LedgerBox.Cancel);
        for (var step = 0; step < 40; step++)
        {
            await node.SendAsync();
            box.Ledger.Clock.Advance(TimeSpan.FromHours(2));
        }
        Assert.Equal(AlertPost.MostAttempts, hook.Tries);
        Assert.Equal("2|deaf", box.Table.Rows("SELECT state, note FROM alerts"));
    }

    [Fact]
    public async Task Two_nodes_do_not_send_the_same_alert_at_once()
    {
        await using var box = await InsightsBox.OpenAsync();
        var hook = new Deaf(AlertChannel.WebhookBit, 0);
        var options = new AlertOptions { WebhookUrl = new Uri("https://example.com/") };
        var nodes = Enumerable.Range(0, 4).Select(_ => new AlertBox(box, options, hook)).ToList();
        await nodes[0].Book.RaiseAsync(Alert, LedgerBox.Cancel);
        await Task.WhenAll(nodes.Select(node => Task.Run(node.SendAsync)));
        Assert.Equal(1, hook.Tries);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(5, 160)]
    [InlineData(12, 3600)]
    [InlineData(17, 3600)]
    [InlineData(18, null)]
    public void Pauses_double_up_to_an_hour_and_end(int attempts, int? seconds) =>
        Assert.Equal(seconds is { } s ? TimeSpan.FromSeconds(s) : null, AlertPost.PauseAfter(attempts));

    private static AlertRow Alert => new() { Kind = "margin_low", Subject = "", Threshold = 80, PeriodStart = 5, Value = 3, Message = "Low." };

    /// <summary>Takes nothing for a number of times.</summary>
    private sealed class Deaf(int bit, int times) : AlertChannel
    {
        private int _tries;

        public int Tries => _tries;
        public List<string> Ids { get; } = [];
        public override int Bit => bit;

        public override Task<string?> SendAsync(AlertView alert, CancellationToken cancel)
        {
            lock (Ids)
                Ids.Add(alert.Id);
            return Task.FromResult(Interlocked.Increment(ref _tries) <= times ? "deaf" : null);
        }
    }
}
