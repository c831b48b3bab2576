using System.Globalization;
using AiGateway.Billing;
using AiGateway.Ledger;
using AiGateway.Plans;

namespace AiGateway.Demo;

/// <summary>
/// Makes a user's ledger and payments of his story, as they would have come about: plans renew and what is left of the older period ends,
/// lots burn in their order, nobody calls with what he has not got. The same story makes the same figures on every day.
/// </summary>
/// <param name="price">What a call costs by the price list in force.</param>
internal sealed class DemoPast(DemoStory story, PlanBook plans, Func<PastCall, Charge> price, DateTimeOffset now)
{
    private const int Days = 60;

    /// <summary>Lots in the order in which they burn.</summary>
    private const int Trial = 0, Promo = 1, Subscription = 2, Pack = 3;

    private const int FirstHour = 7, LastHour = 21;

    private readonly List<ImportedRow> _rows = [];
    private readonly List<PastPayment> _payments = [];
    private readonly long[] _left = new long[4];
    private readonly int _number = DemoStory.All.ToList().IndexOf(story) + 1;
    private ImportedPeriod? _period;
    private PastPeriod? _subscription;

    /// <param name="Subscription">The newest period that was paid; null: none ever was.</param>
    internal sealed record Made(ImportRequest History, IReadOnlyList<PastPayment> Payments, PastPeriod? Subscription);

    public static string SourceKey(string userId) => "demo-seed:" + userId;

    private long Balance => _left.Sum();

    private DateTimeOffset Day(int ago) => new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(-ago);

    public Made Make()
    {
        var renewals = Renewals();
        var calls = Calls();
        var last = renewals.DefaultIfEmpty(Days).Min();
        for (var ago = Days; ago >= 0; ago--)
        {
            foreach (var renewal in renewals.Where(renewal => renewal == ago))
                Renew(renewal, isFirst: renewal == story.PlanBegan);
            if (ago == last)
                FitEnd(calls, last);
            if (story.PlanEnded == ago)
                Take("end", "expiry", _left[Subscription], Day(ago).AddHours(6).AddMinutes(1));
            foreach (var turn in story.Turns.Where(turn => turn.DaysAgo == ago))
                Turn(turn);
            foreach (var (at, call) in calls.Where(call => call.Ago == ago).Select(call => (call.At, call.Call)))
                Use(at, call);
        }
        return new Made(new ImportRequest(story.UserId, SourceKey(story.UserId), 0, _rows, _period), _payments, _subscription);
    }

    /// <summary>Days ago on which the plan began or was renewed.</summary>
    private List<int> Renewals()
    {
        if (story.Plan is null)
            return [];
        var cycle = plans.Plans[story.Plan].Cycle;
        var length = cycle.Unit == BillingUnit.Day ? cycle.Count : int.MaxValue;
        var days = new List<int>();
        for (var ago = story.PlanBegan; ago > 0 && (story.PlanEnded is not { } end || ago > end); ago = length == int.MaxValue ? -1 : ago - length)
            days.Add(ago);
        return days;
    }

    private List<(int Ago, DateTimeOffset At, PastCall Call)> Calls()
    {
        var first = Math.Max(story.PlanBegan, story.Turns.Select(turn => turn.DaysAgo).DefaultIfEmpty().Max());
        var calls = new List<(int, DateTimeOffset, PastCall)>();
        // Whoever ends with a stated balance has called nothing yet today: the figure does not depend on the hour.
        for (var ago = first; ago >= (story.EndsWith is null ? 0 : 1); ago--)
        {
            var dice = new Dice(_number * 1_000 + ago);
            var pace = story.CallsInTenDays * (ago % 7 is 2 or 3 ? 35 : 100) * (130 - ago) / 130;
            var count = (pace + dice.Upto(1_000)) / 1_000;
            var times = Enumerable.Range(0, count).Select(_ => Day(ago).AddHours(FirstHour).AddSeconds(dice.Upto((LastHour - FirstHour) * 3600))).Order().ToList();
            calls.AddRange(times.Where(at => at < now.AddMinutes(-1)).Select(at => (ago, at, PastKind.Make(dice))));
        }
        return calls;
    }

    /// <summary>Makes the calls since the plan was last paid a little longer or shorter, so that they leave what the story says.</summary>
    private void FitEnd(List<(int Ago, DateTimeOffset At, PastCall Call)> calls, int since)
    {
        if (story.EndsWith is not { } end)
            return;
        var granted = Balance + story.Turns.Where(turn => turn.DaysAgo <= since).Sum(turn => turn.Tokens);
        var (used, texts) = (0L, new List<int>());
        for (var at = 0; at < calls.Count; at++)
        {
            if (calls[at].Ago > since)
                continue;
            used += price(calls[at].Call).Tokens;
            if (calls[at].Call.IsText)
                texts.Add(at);
        }
        var missing = granted - end - used;
        for (var n = 0; n < texts.Count; n++)
        {
            var (ago, at, call) = calls[texts[n]];
            var part = missing / (texts.Count - n);
            missing -= part;
            var input = Math.Max(call.Cached + 1, call.Input + part);
            missing += part - (input - call.Input);
            calls[texts[n]] = (ago, at, call with { Input = input });
        }
    }

    private void Renew(int ago, bool isFirst)
    {
        if (story.Plan is null)
            return;
        var (plan, at) = (plans.Plans[story.Plan], Day(ago).AddHours(6));
        if (!isFirst)
            Take($"expiry-{ago}", "expiry", _left[Subscription], at.AddMilliseconds(-1));
        var key = $"plan-{Days - ago}";
        Give(key, isFirst ? "subscription_grant" : "renewal_grant", plan.Tokens, Subscription, at);
        var end = plan.Cycle.Unit switch { BillingUnit.Day => at.AddDays(plan.Cycle.Count), BillingUnit.Month => at.AddMonths(plan.Cycle.Count), _ => at.AddYears(plan.Cycle.Count) };
        _subscription = new PastPeriod("sub_demo_" + Slug, at, end);
        _payments.Add(Payment(key, plan, at) with { Period = _subscription });
        _period = end > now && story.PlanEnded is null
            ? new ImportedPeriod(key, at.ToUnixTimeMilliseconds(), end.ToUnixTimeMilliseconds(), (end + plans.Grace).ToUnixTimeMilliseconds())
            : null;
    }

    private void Turn(DemoTurn turn)
    {
        var (key, at) = ($"{turn.Action}-{Days - turn.DaysAgo}", Day(turn.DaysAgo).AddHours(6).AddMinutes(30));
        if (turn.Action == "correction")
            Correct(key, turn.Tokens, at);
        else if (turn.Tokens < 0)
            Take(key, turn.Action, Math.Min(-turn.Tokens, Balance), at);
        else
            Give(key, turn.Action, turn.Tokens, turn.Action switch { "trial_grant" => Trial, "promo_grant" => Promo, _ => Pack }, at);
        if (turn.Pack is { } pack)
            _payments.Add(Payment(key, plans.Packs[pack], at) with { RefundedCents = turn.RefundedCents, IsLostDispute = turn.IsLostDispute });
    }

    private void Use(DateTimeOffset at, PastCall call)
    {
        var charge = price(call);
        // The last call of all may go beyond its hold; no other one is begun without tokens for it.
        if (charge.Tokens > Balance && story.EndsWith is not < 0)
            return;
        Burn(charge.Tokens);
        var n = _rows.Count;
        _rows.Add(new ImportedRow(null, $"call-{n}", "usage", call.Action, charge.Tokens, charge.CostNanoUsd, charge.Model, charge.PromptTokens, charge.CompletionTokens,
            n % 6 == 1 ? $$"""{"app":"studio","project":"{{Projects[n % Projects.Length]}}"}""" : null, at.ToUnixTimeMilliseconds())
        {
            CachedTokens = charge.CachedTokens, ReasoningTokens = charge.ReasoningTokens, UsageSource = n % 57 == 31 ? "estimated" : "reported",
            RequestId = string.Create(CultureInfo.InvariantCulture, $"req_demo{_number:00}{n:00000}"), PriceVersion = charge.PriceVersion,
        });
    }

    private static readonly string[] Projects = ["Northwind rebrand", "Spring catalogue", "Podcast, season 2", "Onboarding"];

    private void Give(string key, string action, long tokens, int kind, DateTimeOffset at)
    {
        _left[kind] += tokens;
        _rows.Add(Row(key, "grant", action, -tokens, at));
    }

    private void Take(string key, string action, long tokens, DateTimeOffset at)
    {
        if (tokens <= 0)
            return;
        Burn(tokens);
        _rows.Add(Row(key, "removal", action, tokens, at));
    }

    /// <summary>A charge that had been presumed, set right: above zero the user had paid too little.</summary>
    private void Correct(string key, long tokens, DateTimeOffset at)
    {
        if (tokens < 0)
            _left[Pack] -= tokens;
        else
            Burn(tokens);
        _rows.Add(Row(key, "correction", "correction", tokens, at));
    }

    private void Burn(long tokens)
    {
        for (var kind = Trial; kind <= Pack && tokens > 0; kind++)
        {
            var taken = Math.Min(_left[kind], tokens);
            (_left[kind], tokens) = (_left[kind] - taken, tokens - taken);
        }
        // What nothing covers is owed.
        _left[Pack] -= tokens;
    }

    private PastPayment Payment(string key, Offer offer, DateTimeOffset at) =>
        new($"{SourceKey(story.UserId)}:{key}", story.UserId, offer.Id, offer.Tokens, offer.UsdCents, at, $"pi_demo_{Slug}_{key}");

    private string Slug => $"seed{_number:00}";

    private static ImportedRow Row(string key, string entry, string action, long tokens, DateTimeOffset at) =>
        new(null, key, entry, action, tokens, 0, null, 0, 0, null, at.ToUnixTimeMilliseconds());
}
