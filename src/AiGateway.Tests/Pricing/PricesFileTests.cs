using AiGateway.ConfigFiles;
using AiGateway.Pricing;
using AiGateway.Tests.ConfigFiles;
using AiGateway.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Tests.Pricing;

public sealed class PricesFileTests
{
    [Theory]
    [InlineData(""" "m": { "input": 1, "outptu": 2 } """, "unknown key \"outptu\"; did you mean \"output\"?")]
    [InlineData(""" "m": { "output": 2 } """, "\"input\" is missing")]
    [InlineData(""" "m": { "input": "1" } """, "must be a number")]
    [InlineData(""" "m": { "input": -1 } """, "is outside 0 to")]
    [InlineData(""" "m": { "input": 1e9 } """, "is outside 0 to")]
    [InlineData(""" "m": { "input": 0.0000000001 } """, "more than 9 decimal places")]
    [InlineData(""" "m": { "input": 1, "valid_from": "1.2.2026" } """, "is not a date")]
    [InlineData(""" "m": [ { "input": 1 }, { "input": 2 } ] """, "has two prices from the beginning")]
    [InlineData(""" "m": [ { "input": 1, "valid_from": "2026-01-01" }, { "input": 2, "valid_from": "2026-01-01" } ] """, "has two prices from 2026-01-01")]
    [InlineData(""" "m": [ ] """, "lists no price")]
    [InlineData(""" "m": 5 """, "must be an object")]
    [InlineData(""" "m": { "input": 1, "output": 2, "long_context": { "over": 10, "input": 2 } } """, "has no \"output\", which the usual price has")]
    [InlineData(""" "m": { "input": 1, "long_context": { "input": 2 } } """, "\"over\" is missing")]
    [InlineData(""" "m": { "input": 1, "images": { "1024x1024": { } } } """, "must name qualities")]
    [InlineData(""" "m.1": { "input": 1 }, "m-1": { "input": 2 } """, "has a price already, as \"m.1\"")]
    public void A_mistake_is_reported_with_its_file_and_line(string models, string message)
    {
        var problem = Books.Problems(Books.Json(models)).First(problem => problem.Message.Contains(message, StringComparison.Ordinal));
        Assert.Equal(("prices.json", 4, false), (problem.File, problem.Place.Line, problem.IsWarning));
    }

    [Theory]
    [InlineData("""{ "version": "1", "providers": { "p": { "models": { "m": { "input": 1 } } } } }""", "\"ceiling\" is missing")]
    [InlineData("""{ "ceiling": { "input": 1, "output": 1 }, "providers": { } }""", "\"version\" is missing")]
    [InlineData("""{ "version": "1", "ceiling": { "input": 0, "output": 1 }, "providers": { } }""", "must cost something")]
    [InlineData("""{ "version": "1", "ceiling": { "input": 1, "output": 1 }, "providers": { } }""", "no model has a price")]
    [InlineData("""{ "version": "1", "ceiling": { "input": 1, "output": 1 }, "provider": { } }""", "did you mean \"providers\"?")]
    [InlineData("""{ "version": "1", "ceiling": { "input": 1, "output": 1 }, "providers": { "p": { "models": { "gpt": { "input": 1 } }, "aliases": { "x": "gtp" } } } }""", "did you mean \"gpt\"?")]
    public void A_file_of_another_shape_is_refused_with_a_reason(string json, string message) =>
        Assert.Contains(Books.Problems(json), problem => problem.Message.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void All_mistakes_are_told_at_once() =>
        Assert.Equal(3, Books.Problems(Books.Json(""" "a": { "inputt": 1 }, "b": { "input": "x" } """)).Count);

    [Fact]
    public void The_longest_pattern_wins_whatever_their_order()
    {
        var book = Books.With(""" "a": { "input": 1 }, "b": { "input": 2 } """, """ "aliases": { "x-*": "a", "x-y-*": "b" }, """);
        Assert.Equal(["a", "b"], new[] { "x-z", "x-y-z" }.Select(name => book.Quote(new TokenCounts(), name, null, Books.Today, ChargeBy.Tokens).PricedAs));
    }

    [Fact]
    public void A_good_edit_changes_prices_and_version_and_a_bad_one_changes_nothing()
    {
        var clock = new TickingClock();
        using var file = new EditedFile(Books.Json(""" "m": { "input": 1 } """));
        using var prices = new PricesFile(file.Path, clock, NullLogger<PricesFile>.Instance);

        file.Write(Books.Json(""" "m": { "inptu": 2 } """));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1_000_000_000, prices.Current.RatesFor("m", Books.Today).InputNanoUsdPerMillion);
        Assert.Contains(prices.Status.Problems, problem => problem.Message.Contains("did you mean \"input\"?", StringComparison.Ordinal));

        file.Write(Books.Json(""" "m": { "input": 2 } """).Replace("\"test\"", "\"next\"", StringComparison.Ordinal));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(new TokenRates(2_000_000_000, 2_000_000_000, "next"), prices.Current.RatesFor("m", Books.Today));
        Assert.Empty(prices.Status.Problems);
    }

    [Fact]
    public void An_edit_that_keeps_the_version_is_taken_with_a_warning()
    {
        var clock = new TickingClock();
        using var file = new EditedFile(Books.Json(""" "m": { "input": 1 } """));
        using var prices = new PricesFile(file.Path, clock, NullLogger<PricesFile>.Instance);

        file.Write(Books.Json(""" "m": { "input": 2 } """));
        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(2_000_000_000, prices.Current.RatesFor("m", Books.Today).InputNanoUsdPerMillion);
        Assert.True(Assert.Single(prices.Status.Problems).IsWarning);
    }

    [Fact]
    public void The_shipped_file_has_nothing_to_warn_of()
    {
        var problems = new ConfigProblems("prices.json");
        PricesReader.Read(Shipped.Bytes("prices.json"), problems);
        Assert.Empty(problems.All);
    }
}
