using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using AiGateway.Billing;
using static AiGateway.Tests.Ledger.LedgerBox;

namespace AiGateway.Tests.Billing;

/// <summary>Fixed business histories, told in any order, up to six times each, with Stripe failing and the gateway dying in between: the books end alike.</summary>
public sealed class PermutationTests
{
    private const string Count = "AIGATEWAY_TESTS_PERMUTATIONS", From = "AIGATEWAY_TESTS_PERMUTATIONS_FROM";
    private const int MostDuplicates = 5, Seed = 20_260_310;

    /// <summary>Runs that share a database: enough to make up for its opening, few enough that it stays small.</summary>
    private const int ABox = 50;

    private sealed record Told(string Type, object Paper);

    [Fact]
    public async Task Every_order_of_the_same_facts_leaves_the_same_books()
    {
        var (from, count) = (Asked(From) ?? 0, Asked(Count) ?? 40);
        var (seen, started) = (0, Stopwatch.GetTimestamp());
        await Parallel.ForEachAsync(Enumerable.Range(from, count).Chunk(ABox), Cancel, async (runs, _) =>
        {
            await RunAsync(runs);
            if (Interlocked.Add(ref seen, runs.Length) % 1_000 < ABox)
                TestContext.Current.TestOutputHelper?.WriteLine($"{seen} permutations after {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
        });
        Assert.Equal(count, seen);
    }

    private static int? Asked(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), out var asked) ? asked : null;

    /// <summary>Each run has a user, and chances that follow from its number alone: one that fails can be run again by itself.</summary>
    private static async Task RunAsync(int[] runs)
    {
        await using var box = await BillingBox.OpenAsync();
        // Late enough that the histories lie behind, and the last period runs.
        box.Clock.Advance(TimeSpan.FromDays(60));
        var expected = new Dictionary<int, string>();
        foreach (var run in runs)
        {
            var number = run % Histories.Length;
            if (!expected.TryGetValue(number, out var plain))
                expected[number] = plain = await TellAsync(box, number, $"plain{number}", null);
            var seen = await TellAsync(box, number, $"u{run}", new Random(Seed + run));
            Assert.True(plain == seen, $"history {number}, run {run}\nin order:\n{plain}\nshuffled:\n{seen}");
        }
        await box.Ledger.AssertBalancedAsync();
    }

    /// <returns>The balance and the lots, without what tells users and orders apart.</returns>
    private static async Task<string> TellAsync(BillingBox box, int history, string user, Random? random)
    {
        var tag = $"_{user}_{history}";
        var told = (await Histories[history](box, user, tag)).ToList();
        if (random is not null)
            (box.Stripe.Fails, box.Dies) = (() => random.Next(20) == 0, () => random.Next(50) == 0);
        var order = told.SelectMany((one, index) => Enumerable.Range(0, random is null ? 1 : 1 + random.Next(MostDuplicates + 1)).Select(copy => (one, id: $"evt{tag}_{index}_{copy}"))).ToList();
        if (random is not null)
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(order));
        foreach (var (one, id) in order)
        {
            await box.ThroughDeathsAsync(async () => Assert.Equal(200, await box.PostSignedAsync(Paper.Event(id, one.Type, one.Paper))));
            await box.ThroughDeathsAsync(() => box.Worker.RunOnceAsync(Cancel));
            // The gateway dies between the effect and its mark.
            if (random?.Next(10) == 0)
                await box.ThroughDeathsAsync(() => box.Inbox.ReplayAsync(id, Cancel));
        }
        await DrainAsync(box);
        (box.Stripe.Fails, box.Dies) = (() => false, () => false);
        var account = $"(SELECT id FROM accounts WHERE user_id = '{user}')";
        var lots = box.Table.Rows($"SELECT source_key, granted, remaining, expired + clawed_back, expires_at, action_type FROM token_lots WHERE account_id = {account} ORDER BY source_key");
        var purchases = box.Table.Rows($"SELECT state FROM purchases WHERE user_id = '{user}' ORDER BY offer_id");
        return $"{box.Balance(user)}\n{lots}\n{purchases}".Replace(tag, "", StringComparison.Ordinal);
    }

    private static async Task DrainAsync(BillingBox box)
    {
        for (var tries = 0; tries < 200; tries++)
        {
            box.Table.Run("UPDATE stripe_events SET next_try_at = 0 WHERE state = 0 AND next_try_at > 0");
            await box.ThroughDeathsAsync(() => box.Worker.RunOnceAsync(Cancel));
            if (box.Table.Number("SELECT count(*) FROM stripe_events WHERE state = 0") == 0)
                return;
        }
        Fail();
    }

    [DoesNotReturn]
    private static void Fail() => throw new InvalidOperationException("The worker never came to an end.");

    private static readonly Func<BillingBox, string, string, Task<IEnumerable<Told>>>[] Histories = [Renewals, Upgrade, Trial, Packs, Unknown];

    private static readonly DateTimeOffset First = Start;

    /// <summary>Three periods, one of them refunded in three parts, and a renewal that failed first.</summary>
    private static Task<IEnumerable<Told>> Renewals(BillingBox box, string user, string tag)
    {
        var sub = new Sub(box, user, id: "sub" + tag) { Customer = "cus" + tag };
        var now = sub.Now("active", First + 2 * Sub.Month);
        box.Stripe.Paid("pi" + tag, "in3" + tag);
        foreach (var part in new[] { "a", "b", "c" })
            box.Stripe.Now(Paper.Refund("re" + part + tag, "pi" + tag, 1_000, "succeeded"));
        return Task.FromResult<IEnumerable<Told>>(
        [
            new("customer.subscription.created", now), new("invoice.paid", sub.Invoice("in1" + tag, First)),
            new("invoice.payment_failed", sub.Invoice("in2" + tag, First + Sub.Month, "subscription_cycle")), new("invoice.paid", sub.Invoice("in2" + tag, First + Sub.Month, "subscription_cycle")),
            new("customer.subscription.updated", now), new("invoice.paid", sub.Invoice("in3" + tag, First + 2 * Sub.Month, "subscription_cycle")),
            new("invoice_payment.paid", Paper.InvoicePayment("inpay" + tag, "in3" + tag, "pi" + tag)),
            .. new[] { "a", "b", "c" }.Select(part => new Told("refund.created", Paper.Refund("re" + part + tag, "pi" + tag, 1_000, "succeeded"))),
        ]);
    }

    /// <summary>A month, then a year, cancelled and ended.</summary>
    private static Task<IEnumerable<Told>> Upgrade(BillingBox box, string user, string tag)
    {
        var sub = new Sub(box, user, id: "sub" + tag) { Customer = "cus" + tag };
        var at = First.AddDays(10);
        var ended = sub.Now("canceled", at, at.AddYears(1), First.AddDays(40), priced: Paper.Annual);
        var credit = Paper.Line("sub" + tag, Paper.Monthly, at, First + Sub.Month, -7_000, proration: true);
        return Task.FromResult<IEnumerable<Told>>(
        [
            new("invoice.paid", sub.Invoice("in1" + tag, First)), new("customer.subscription.updated", ended),
            new("invoice.paid", sub.Invoice("in2" + tag, at, "subscription_update", 92_900, at.AddYears(1), Paper.Annual, credit)),
            new("customer.subscription.deleted", ended), new("invoice.voided", sub.Invoice("in0" + tag, First)),
        ]);
    }

    /// <summary>A trial, its first payment, and a renewal that nobody paid.</summary>
    private static Task<IEnumerable<Told>> Trial(BillingBox box, string user, string tag)
    {
        var sub = new Sub(box, user, id: "sub" + tag) { Customer = "cus" + tag };
        var paidFrom = First.AddDays(31);
        var now = sub.Now("past_due", paidFrom + Sub.Month, trialStart: First.AddDays(24), trialEnd: paidFrom);
        return Task.FromResult<IEnumerable<Told>>(
        [
            new("invoice.paid", sub.Invoice("in1" + tag, First.AddDays(24), paid: 0, end: paidFrom)), new("customer.subscription.trial_will_end", now),
            new("invoice.paid", sub.Invoice("in2" + tag, paidFrom, "subscription_cycle")), new("invoice.payment_failed", sub.Invoice("in3" + tag, paidFrom + Sub.Month, "subscription_cycle")),
            new("invoice.marked_uncollectible", sub.Invoice("in3" + tag, paidFrom + Sub.Month, "subscription_cycle")),
        ]);
    }

    /// <summary>Three packs: one refunded and disputed, one whose dispute was won, one whose refund failed.</summary>
    private static async Task<IEnumerable<Told>> Packs(BillingBox box, string user, string tag)
    {
        var told = new List<Told>();
        foreach (var (part, refund, dispute) in new[] { ("a", "succeeded", "lost"), ("b", "", "won"), ("c", "failed", "") })
        {
            var purchase = await box.BuyAsync(user: user);
            var intent = "pi" + part + tag;
            told.Add(new("checkout.session.completed", Paper.Session("cs" + part + tag, "payment", "paid", purchase, 1_500, intent)));
            told.Add(new("checkout.session.expired", Paper.Session("cs" + part + tag, "payment", "unpaid", purchase, 1_500)));
            if (refund.Length > 0)
            {
                box.Stripe.Now(Paper.Refund("re" + part + tag, intent, 700, refund));
                told.Add(new("refund.created", Paper.Refund("re" + part + tag, intent, 700, "pending")));
                told.Add(new(refund == "failed" ? "refund.failed" : "refund.updated", Paper.Refund("re" + part + tag, intent, 700, refund)));
            }
            if (dispute.Length > 0)
            {
                box.Stripe.Now(Paper.Dispute("dp" + part + tag, intent, 1_500, dispute));
                told.Add(new("charge.dispute.created", Paper.Dispute("dp" + part + tag, intent, 1_500, "needs_response")));
                told.Add(new("charge.dispute.closed", Paper.Dispute("dp" + part + tag, intent, 1_500, dispute)));
            }
        }
        return told;
    }

    /// <summary>A subscription made elsewhere: its payments wait until a session says whose they are.</summary>
    private static Task<IEnumerable<Told>> Unknown(BillingBox box, string user, string tag)
    {
        var sub = new Sub(box, user, id: "sub" + tag, isKnown: false) { Customer = "cus" + tag };
        var now = sub.Now("active", First.AddDays(45));
        return Task.FromResult<IEnumerable<Told>>(
        [
            new("customer.subscription.created", now), new("invoice.paid", sub.Invoice("in1" + tag, First.AddDays(45))),
            new("checkout.session.completed", Paper.Session("cs" + tag, "subscription", "paid", null, 10_900, customer: "cus" + tag, reference: user, subscription: "sub" + tag)),
        ]);
    }
}
