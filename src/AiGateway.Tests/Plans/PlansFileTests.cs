using System.Text;
using AiGateway.ConfigFiles;
using AiGateway.Plans;
using AiGateway.Tests.ConfigFiles;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Tests.Plans;

public sealed class PlansFileTests
{
    private const string Pack = """ "name": "P", "tokens": 100000, "price_usd": 15 """;
    private const string Plan = """ "name": "P", "tokens": 600000, "price_usd": 109, "every": { "count": 28, "unit": "day" } """;

    [Fact]
    public void The_shipped_plans_are_the_ones_that_are_sold()
    {
        var (book, problems) = Read(Encoding.UTF8.GetString(Shipped.Bytes("plans.json")));

        Assert.Empty(problems);
        Assert.Equal(new Plan("annual", "Annual", 5_000_000, 99_900, "price_STRIPE_PRICE_ANNUAL", new BillingCycle(1, BillingUnit.Year)), book?.Plans["annual"]);
        Assert.Equal(new Plan("monthly", "Monthly", 600_000, 10_900, "price_STRIPE_PRICE_MONTHLY", new BillingCycle(28, BillingUnit.Day)), book?.Plans["monthly"]);
        Assert.Equal(["large", "medium", "small"], book?.Packs.Keys.Order());
        Assert.Equal((10, 0L, RenewalRule.Reset, TimeSpan.FromHours(72)), (book?.LowBalancePercent, book?.TrialTokens, book?.Renewal, book?.Grace));
        Assert.DoesNotContain(book?.Plans.Values.Cast<Offer>().Concat(book.Packs.Values) ?? [], offer => offer.IsBelowMargin);
    }

    [Fact]
    public void A_payment_leads_to_its_plan_or_pack()
    {
        var (book, _) = Read(Encoding.UTF8.GetString(Shipped.Bytes("plans.json")));
        Assert.Equal("annual", book?.PlanByPrice("price_STRIPE_PRICE_ANNUAL")?.Id);
        Assert.Equal("small", book?.PackByPrice("price_STRIPE_PRICE_PACK_SMALL")?.Id);
        Assert.Null(book?.PlanByPrice("price_STRIPE_PRICE_PACK_SMALL"));
    }

    [Theory]
    [InlineData(""" "low_balance_treshold_percent": 10 """, 2, "did you mean \"low_balance_threshold_percent\"?")]
    [InlineData(""" "low_balance_threshold_percent": 101 """, 2, "is outside 0 to 100")]
    [InlineData(""" "trial_grant_tokens": 1.5 """, 2, "must be a whole number")]
    [InlineData(""" "renewal": { "rule": "rest" } """, 2, "unknown value \"rest\"; did you mean \"reset\"?")]
    [InlineData(""" "renewal": { "rule": "reset", "grace_hours": 9999 } """, 2, "is outside 0 to 720")]
    [InlineData(""" "packs": { "p": { "name": "P", "tokens": 100000 } } """, 2, "\"price_usd\" is missing")]
    [InlineData(""" "packs": { "p": { "name": "P", "price_usd": 15 } } """, 2, "\"tokens\" is missing")]
    [InlineData(""" "packs": { "p": { "name": "P", "tokens": 0, "price_usd": 15 } } """, 2, "is outside 1 to")]
    [InlineData(""" "packs": { "p": { "name": "P", "tokens": 1, "price_usd": 1.005 } } """, 2, "more than 2 decimal places")]
    [InlineData($$""" "packs": { "P!": { {{Pack}} } } """, 2, "is no id")]
    [InlineData($$""" "packs": { "p": { {{Pack}}, "stripe_price": "sk_live" } } """, 2, "is no Stripe price")]
    [InlineData($$""" "packs": { "p": { {{Pack}}, "every": { "count": 1, "unit": "day" } } } """, 2, "unknown key \"every\"")]
    [InlineData($$""" "plans": { "p": { {{Pack}} } } """, 2, "\"every\" is missing")]
    [InlineData($$""" "plans": { "p": { {{Pack}}, "every": { "count": 28, "unit": "days" } } } """, 2, "did you mean \"day\"?")]
    [InlineData($$""" "packs": { "p": { {{Pack}}, "stripe_price": "price_1" }, "q": { {{Pack}}, "stripe_price": "price_1" } } """, 1, "have the same stripe_price")]
    [InlineData($$""" "plans": { "p": { {{Plan}} } }, "packs": { "p": { {{Pack}} } } """, 1, "is the id of a plan and of a pack")]
    [InlineData($$""" "packs": { "p": { {{Pack}} }, "p": { {{Pack}} } } """, 2, "stands here twice")]
    public void A_mistake_is_reported_with_its_file_and_line(string content, int line, string message)
    {
        var (book, problems) = Read($"{{\n{content}\n}}");
        var problem = problems.First(problem => problem.Message.Contains(message, StringComparison.Ordinal));
        Assert.Null(book);
        Assert.Equal(("plans.json", line, false), (problem.File, problem.Place.Line, problem.IsWarning));
    }

    [Theory]
    [InlineData(100_000, "10", false)]
    [InlineData(100_000, "9.99", true)]
    [InlineData(100_001, "10", true)]
    [InlineData(5_000_000, "999", false)]
    [InlineData(600_000, "59.99", true)]
    public void What_sells_below_an_80_percent_margin_is_warned_of_and_still_sold(long tokens, string usd, bool warned)
    {
        var (book, problems) = Read($$"""{ "packs": { "p": { "name": "P", "tokens": {{tokens}}, "price_usd": {{usd}} } } }""");
        Assert.Equal(warned, problems.Any(problem => problem.IsWarning && problem.Message.Contains("80% margin", StringComparison.Ordinal)));
        Assert.Equal(tokens, book?.Packs["p"].Tokens);
    }

    [Fact]
    public void A_price_whose_variable_is_not_set_is_none_and_no_error()
    {
        var (book, problems) = Read($$"""{ "packs": { "p": { {{Pack}}, "stripe_price": "env:UNSET" } } }""");
        Assert.Null(book?.Packs["p"].StripePriceId);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData(100, 1000, false)]
    [InlineData(99, 1000, true)]
    [InlineData(0, 1000, false)]
    [InlineData(-5, 1000, false)]
    [InlineData(1, 0, false)]
    [InlineData(long.MaxValue, long.MaxValue, false)]
    public void A_balance_is_low_below_the_threshold_and_above_zero(long balance, long allocation, bool low) =>
        Assert.Equal(low, Read("{}").Book?.IsLow(balance, allocation));

    [Fact]
    public void A_good_edit_is_taken_and_a_bad_one_keeps_the_last_good_one()
    {
        var clock = new TickingClock();
        using var file = new EditedFile("""{ "trial_grant_tokens": 1 }""", "plans.json");
        using var plans = new PlansFile(new PlansOptions { Path = file.Path, Secret = _ => null }, clock, NullLogger<PlansFile>.Instance);

        file.Write("""{ "trial_grant_tokens": 2 }""");
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, plans.Current.TrialTokens);

        file.Write("""{ "trial_grant_token": 3 }""");
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, plans.Current.TrialTokens);
        Assert.Contains("did you mean \"trial_grant_tokens\"?", Assert.Single(plans.Status.Problems).ToString());
    }

    private static (PlanBook? Book, IReadOnlyList<ConfigProblem> Problems) Read(string json)
    {
        var problems = new ConfigProblems("plans.json");
        var book = new PlansReader(name => name == "UNSET" ? null : "price_" + name, problems).Read(Encoding.UTF8.GetBytes(json));
        return (book, problems.All);
    }
}
