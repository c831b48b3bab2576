using System.Numerics;
using AiGateway.Pricing;
using AiGateway.Usage;
using CsCheck;

namespace AiGateway.Tests.Pricing;

public sealed class QuoteTests
{
    private const string AllRates = """
        "m": { "input": 1, "cached_input": 2, "cache_write": 3, "cache_write_1h": 4, "output": 5, "audio_input": 6, "cached_audio_input": 7,
          "audio_output": 8, "image_input": 9, "cached_image_input": 10, "image_output": 11 }
        """;

    private static readonly PriceBook Book = Books.With(AllRates, """ "tiers": { "flex": 0.5, "odd": 1.001 }, "tools": { "web_search": 10 }, """);

    [Fact]
    public void Parts_inside_one_another_are_priced_once_each()
    {
        var usage = new TokenCounts
        {
            Input = 1_000_000, CacheRead = 400_000, CacheReadAudio = 100_000, CacheReadImage = 50_000, CacheWrite = 60_000, CacheWriteOneHour = 20_000,
            InputAudio = 150_000, InputImage = 80_000, Output = 500_000, OutputAudio = 200_000, OutputImage = 100_000, Reasoning = 30_000,
        };

        var quote = Quote(usage);

        Assert.Equal(
            [("input", 460_000), ("cached input", 250_000), ("cache write", 40_000), ("cache write (1h)", 20_000), ("audio input", 50_000),
             ("cached audio input", 100_000), ("image input", 30_000), ("cached image input", 50_000), ("output", 200_000), ("audio output", 200_000), ("image output", 100_000)],
            quote.Lines.Select(line => (line.What, line.Quantity)));
        Assert.Equal(1_500_000, quote.Lines.Sum(line => line.Quantity));
        Assert.Equal(1_500_000, quote.Tokens);
        var usd = 0.46m * 1 + 0.25m * 2 + 0.04m * 3 + 0.02m * 4 + 0.05m * 6 + 0.1m * 7 + 0.03m * 9 + 0.05m * 10 + 0.2m * 5 + 0.2m * 8 + 0.1m * 11;
        Assert.Equal(usd, quote.CostNanoUsd / 1_000_000_000m);
    }

    [Fact]
    public void Only_the_sum_is_rounded_and_up()
    {
        // A token is a millionth of a nano-USD here: three kinds make one nano-USD, not three.
        var book = Books.With(""" "m": { "input": 0.000000001, "cached_input": 0.000000001, "output": 0.000000001 } """);
        var quote = book.Quote(new TokenCounts { Input = 2, CacheRead = 1, Output = 1 }, "m", null, Books.Today, ChargeBy.Tokens);
        Assert.Equal(1, quote.CostNanoUsd);
        Assert.Equal([1, 1, 1], quote.Lines.Select(line => line.CostNanoUsd));
    }

    [Fact]
    public void A_third_of_a_nano_is_exact_until_the_end()
    {
        // 1 ms at a minute's price leaves thirds; 60,000 of them in three lines leave none.
        var book = Books.With(""" "m": { "input": 0, "minute": 0.000000007 } """);
        var units = Enumerable.Repeat(new UnitUse(UsageUnit.AudioMillisecond, 20_000), 3);
        Assert.Equal(7, book.Quote(new(), units, "m", null, Books.Today, ChargeBy.Cost).CostNanoUsd);
    }

    [Fact]
    public void Costs_are_exact_at_large_numbers() =>
        Gen.Select(Gen.Long[0, 1_000_000_000_000], Gen.Long[0, 1_000_000_000_000], Gen.Long[0, 1_000_000_000_000]).Sample((input, cached, output) =>
        {
            var quote = Books.Shipped.Quote(new TokenCounts { Input = input + cached, CacheRead = cached, Output = output }, "gpt-4.1-nano", null, Books.Today, ChargeBy.Cost);
            var parts = (BigInteger)input * 100_000_000 + (BigInteger)cached * 25_000_000 + (BigInteger)output * 400_000_000;
            var cost = (parts + 999_999) / 1_000_000;
            return quote.CostNanoUsd == cost && quote.Tokens == (cost + 19_999) / 20_000;
        });

    [Fact]
    public void A_cost_that_does_not_fit_is_an_error_and_never_a_wrong_figure() =>
        Assert.Throws<OverflowException>(() => Quote(new TokenCounts { Input = long.MaxValue, Output = 0 }, book: Books.With(""" "m": { "input": 1000000 } """)));

    [Fact]
    public void Charged_by_cost_tokens_are_cost_by_20_dollars_a_million_rounded_up()
    {
        var usage = new TokenCounts { Input = 1, Output = 0 };
        Assert.Equal((1, 1_000), (Quote(usage, ChargeBy.Cost).Tokens, Quote(usage, ChargeBy.Cost).CostNanoUsd));
        Assert.Equal(0, Quote(new TokenCounts(), ChargeBy.Cost).Tokens);
    }

    [Fact]
    public void A_kind_without_a_price_takes_that_of_what_it_is_a_part_of()
    {
        var book = Books.With(""" "m": { "input": 1, "cached_input": 0.1, "audio_input": 32, "output": 5 } """);
        var usage = new TokenCounts { Input = 3_000_000, CacheRead = 1_000_000, CacheReadAudio = 1_000_000, InputAudio = 2_000_000, CacheWrite = 1_000_000, Output = 1_000_000, OutputAudio = 1_000_000 };
        // Audio 32, cached audio as audio 32, cache write as input 1, audio output as output 5: nothing is cheaper by accident.
        Assert.Equal(70_000_000_000, Quote(usage, book: book).CostNanoUsd);
    }

    [Theory]
    [InlineData(272_000, 1)]
    [InlineData(272_001, 2)]
    public void Long_context_begins_above_its_threshold(long input, int rate)
    {
        var book = Books.With(""" "m": { "input": 1, "long_context": { "over": 272000, "input": 2 } } """);
        Assert.Equal(input * rate * 1_000, Quote(new TokenCounts { Input = input }, book: book).CostNanoUsd);
    }

    [Theory]
    [InlineData("flex", 500)]
    [InlineData("odd", 1001)]
    [InlineData("unheard-of", 1000)]
    public void A_tier_is_a_factor_in_thousandths(string tier, long permille)
    {
        var quote = Book.Quote(new TokenCounts { Input = 1_000_000 }, "m", tier, Books.Today, ChargeBy.Tokens);
        Assert.Equal(1_000_000 * permille, quote.CostNanoUsd);
        Assert.Equal(permille / 1000m, Assert.Single(quote.Lines).Rate);
    }

    [Fact]
    public void Units_without_a_price_of_their_own_cost_the_ceiling()
    {
        UnitUse[] units = [new(UsageUnit.Image, 2), new(UsageUnit.AudioMillisecond, 60_000), new(UsageUnit.Character, 1_000_000), new(UsageUnit.ToolCall, 1_000, "new_tool")];
        var quote = Book.Quote(new(), units, "m", "flex", Books.Today, ChargeBy.Cost);
        Assert.Equal([500_000_000, 60_000_000, 30_000_000_000, 35_000_000_000], quote.Lines.Select(line => line.CostNanoUsd));
    }

    [Fact]
    public void Tools_cost_per_thousand_calls()
    {
        var quote = Book.Quote(new(), [new(UsageUnit.ToolCall, 3, "web_search")], "m", null, Books.Today, ChargeBy.Tokens);
        Assert.Equal((0, 30_000_000), (quote.Tokens, quote.CostNanoUsd));
    }

    [Fact]
    public void A_picture_of_an_unlisted_size_costs_what_the_dearest_does()
    {
        var quote = Books.Shipped.Quote(new(), [new(UsageUnit.Image, 1, "4096x4096/hd")], "dall-e-3", null, Books.Today, ChargeBy.Cost);
        Assert.Equal(120_000_000, quote.CostNanoUsd);
    }

    [Fact]
    public void Counts_below_zero_and_parts_beyond_their_whole_take_nothing_away()
    {
        Assert.Equal(0, Quote(new TokenCounts { Input = -5, Output = -7 }).Tokens);
        Assert.Equal(2_000, Quote(new TokenCounts { Input = 0, CacheRead = 1 }).CostNanoUsd);
    }

    private static Quote Quote(TokenCounts usage, ChargeBy chargeBy = ChargeBy.Tokens, PriceBook? book = null) =>
        (book ?? Book).Quote(usage, "m", null, Books.Today, chargeBy);
}
