using AiGateway.Pricing;
using AiGateway.Usage;

namespace AiGateway.Tests.Pricing;

/// <summary>The product's cost table, at the reference price of $20 per 1M tokens: a picture is 2,000 tokens, ten minutes of transcription are 3,000.</summary>
public sealed class CostTableTests
{
    public static TheoryData<string, string, long, string?, long, long> Units => new()
    {
        { "dall-e-3", "Image", 1, "1024x1024/standard", 2_000, 40_000_000 },
        { "dall-e-3", "Image", 2, "1792x1024/hd", 12_000, 240_000_000 },
        { "whisper-1", "AudioMillisecond", 600_000, null, 3_000, 60_000_000 },
        { "tts-1", "Character", 1_000, null, 750, 15_000_000 },
    };

    [Theory]
    [MemberData(nameof(Units))]
    public void A_unit_is_worth_what_it_costs(string model, string unit, long quantity, string? variant, long tokens, long nanoUsd)
    {
        var use = new UnitUse(Enum.Parse<UsageUnit>(unit), quantity, variant);
        var quote = Books.Shipped.Quote(new TokenCounts(), [use], model, null, Books.Today, ChargeBy.Cost);
        Assert.Equal((tokens, nanoUsd, true), (quote.Tokens, quote.CostNanoUsd, quote.IsPriced));
    }

    [Theory]
    [InlineData(2_000, 40_000_000)]
    [InlineData(5_000, 100_000_000)]
    public void Chat_is_one_to_one_and_the_table_prices_it_at_the_reference(long tokens, long nanoUsd)
    {
        var quote = Books.Shipped.Quote(new TokenCounts { Input = tokens - 500, Output = 500 }, "gpt-4o", null, Books.Today, ChargeBy.Tokens);
        Assert.Equal((tokens, nanoUsd), (quote.Tokens, tokens * PriceBook.ReferenceNanoUsdPerToken));
        Assert.Equal(tokens, PriceBook.TokensFor(nanoUsd));
    }

    [Fact]
    public void Another_models_part_costs_what_that_model_costs()
    {
        var part = new TokenCounts { Input = 1_000_000, Output = 0 };
        var whole = new TokenCounts { Input = 3_000_000, Output = 1_000_000 };
        var book = Books.With(""" "a": { "input": 1, "output": 10 }, "b": { "input": 100, "output": 200 } """);
        var quote = book.Quote(new Usages(whole, [new ModelTokens("b", part)], []), "a", null, Books.Today, ChargeBy.Tokens);
        Assert.Equal((4_000_000, 112_000_000_000), (quote.Tokens, quote.CostNanoUsd));
    }

    [Fact]
    public void An_unknown_models_units_cost_the_ceiling_and_say_so()
    {
        var quote = Books.Shipped.Quote(new TokenCounts(), [new UnitUse(UsageUnit.Image, 1, "1x1/x")], "unheard-of", null, Books.Today, ChargeBy.Cost);
        Assert.Equal((250_000_000, false), (quote.CostNanoUsd, quote.IsPriced));
    }
}
