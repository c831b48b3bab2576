using AiGateway.Pricing;
using AiGateway.Tests.ConfigFiles;
using AiGateway.Usage;

namespace AiGateway.Tests.Pricing;

public sealed class ShippedPricesTests
{
    private const long Million = 1_000_000;

    /// <summary>USD per 1M of 2026-08-21; null: no price of its own.</summary>
    public static TheoryData<string, string, string?, string?, string> Figures => new()
    {
        { "gpt-5.6-sol", "5", "0.50", "6.25", "30" },
        { "gpt-5.6", "5", "0.50", "6.25", "30" },
        { "gpt-5.6-terra", "2", "0.20", "2.50", "12" },
        { "gpt-5.6-luna", "0.20", "0.02", "0.25", "1.20" },
        { "gpt-5.5", "5", "0.50", null, "30" },
        { "gpt-5.5-pro", "30", null, null, "180" },
        { "gpt-5.4-pro", "30", null, null, "180" },
        { "gpt-5.4", "2.50", "0.25", null, "15" },
        { "gpt-5.4-mini", "0.75", "0.075", null, "4.50" },
        { "gpt-5.4-nano", "0.20", "0.02", null, "1.25" },
        { "gpt-5.2", "1.75", "0.175", null, "14" },
        { "gpt-5.3", "1.75", "0.175", null, "14" },
        { "gpt-5", "1.25", "0.125", null, "10" },
        { "gpt-5.1", "1.25", "0.125", null, "10" },
        { "gpt-5-mini", "0.25", "0.025", null, "2" },
        { "gpt-5-nano", "0.05", "0.005", null, "0.40" },
        { "gpt-4.1", "2", "0.50", null, "8" },
        { "gpt-4.1-mini", "0.40", "0.10", null, "1.60" },
        { "gpt-4.1-nano", "0.10", "0.025", null, "0.40" },
        { "gpt-4o", "2.50", "1.25", null, "10" },
        { "gpt-4o-mini", "0.15", "0.075", null, "0.60" },
        { "o3", "2", "0.50", null, "8" },
        { "o4-mini", "1.10", "0.275", null, "4.40" },
        { "o1", "15", "7.50", null, "60" },
        { "gpt-realtime-2", "4", "0.40", null, "24" },
        { "gpt-audio", "2.50", null, null, "10" },
        { "gpt-image-2", "5", "1.25", null, "30" },
        { "gpt-image-1", "5", "1.25", null, "40" },
        { "gpt-4o-transcribe", "2.50", null, null, "10" },
        { "gpt-4o-mini-transcribe", "1.25", null, null, "5" },
        { "gpt-4o-mini-tts", "0.60", null, null, "12" },
        { "text-embedding-3-small", "0.02", null, null, "0.02" },
        { "text-embedding-3-large", "0.13", null, null, "0.13" },
        { "text-embedding-ada-002", "0.10", null, null, "0.10" },
        { "claude-haiku-4-5", "1", "0.1", "1.25", "5" },
        { "gemini-2.5-flash", "0.3", "0.03", null, "2.5" },
        { "demo-chat", "0.15", "0.075", null, "0.60" },
    };

    [Theory]
    [MemberData(nameof(Figures))]
    public void A_million_tokens_cost_what_the_price_list_says(string model, string input, string? cached, string? written, string output)
    {
        // A hundred thousand of each: no long context is reached.
        Assert.Equal(D(input), Usd(model, new TokenCounts { Input = Million / 10 }));
        Assert.Equal(D(cached ?? input), Usd(model, new TokenCounts { Input = Million / 10, CacheRead = Million / 10 }));
        Assert.Equal(D(written ?? input), Usd(model, new TokenCounts { Input = Million / 10, CacheWrite = Million / 10 }));
        Assert.Equal(D(output), Usd(model, new TokenCounts { Output = Million / 10 }));
    }

    [Theory]
    [InlineData("gpt-5.6-sol", "10", "1", "45")]
    [InlineData("gpt-5.6-terra", "4", "0.40", "18")]
    [InlineData("gpt-5.6-luna", "0.40", "0.04", "1.80")]
    [InlineData("gpt-5.5", "10", "1", "45")]
    [InlineData("gpt-5.5-pro", "60", "60", "270")]
    [InlineData("gpt-5.4-pro", "60", "60", "270")]
    [InlineData("gpt-5.4", "5", "0.50", "22.50")]
    public void Above_272000_input_tokens_the_whole_request_costs_more(string model, string input, string cached, string output)
    {
        var usage = new TokenCounts { Input = 300_000, CacheRead = 100_000, Output = 50_000 };
        var expected = 0.2m * D(input) + 0.1m * D(cached) + 0.05m * D(output);
        Assert.Equal(expected, Quote(model, usage).CostNanoUsd / 1_000_000_000m);
    }

    [Theory]
    [InlineData("gpt-realtime-2", "32", "64")]
    [InlineData("gpt-audio", "32", "64")]
    [InlineData("gpt-4o-transcribe", "6", "10")]
    [InlineData("gpt-4o-mini-transcribe", "3", "5")]
    public void Sound_has_prices_of_its_own(string model, string input, string output)
    {
        Assert.Equal(D(input), Usd(model, new TokenCounts { Input = Million / 10, InputAudio = Million / 10 }));
        Assert.Equal(D(output), Usd(model, new TokenCounts { Output = Million / 10, OutputAudio = Million / 10 }));
    }

    [Theory]
    [InlineData("gpt-image-2", "8", "2")]
    [InlineData("gpt-image-1", "10", "2.50")]
    [InlineData("gpt-realtime-2", "5", "0.50")]
    public void Pictures_have_prices_of_their_own(string model, string input, string cached)
    {
        Assert.Equal(D(input), Usd(model, new TokenCounts { Input = Million / 10, InputImage = Million / 10 }));
        Assert.Equal(D(cached), Usd(model, new TokenCounts { Input = Million / 10, InputImage = Million / 10, CacheRead = Million / 10, CacheReadImage = Million / 10 }));
    }

    [Theory]
    [InlineData("gpt-4o-mini-2024-07-18", "gpt-4o-mini")]
    [InlineData("openai/gpt-4o-mini", "gpt-4o-mini")]
    [InlineData("anthropic/claude-haiku-4.5", "claude-haiku-4-5")]
    [InlineData("claude-haiku-4-5-20251001", "claude-haiku-4-5")]
    [InlineData("claude-sonnet-4-20250514", "claude-sonnet-4")]
    [InlineData("claude-sonnet-4@20250514", "claude-sonnet-4")]
    [InlineData("us.anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet")]
    [InlineData("claude-3-7-sonnet-20250219", "claude-3-7-sonnet")]
    [InlineData("claude-2.1", "claude-2")]
    [InlineData("models/gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash")]
    [InlineData("gemini-2.5-pro-preview-05-06", "gemini-2.5-pro")]
    [InlineData("gemini-3-pro-preview", "gemini-3-pro-preview")]
    [InlineData("gpt-3.5-turbo-instruct:20230824-v2", "gpt-3.5-turbo-instruct")]
    [InlineData("gpt-3.5-turbo-0125", "gpt-3.5-turbo")]
    [InlineData("gpt-3.5-turbo-0301", "gpt-3.5-turbo-0301")]
    [InlineData("gpt-35-turbo", "gpt-3.5-turbo")]
    [InlineData("gpt-4-1106-preview", "gpt-4-turbo")]
    [InlineData("gpt-4-0613", "gpt-4")]
    [InlineData("gpt-5-2-2025-12-11", "gpt-5.2")]
    [InlineData("gpt-5.6-sol-2026-07-01", "gpt-5.6-sol")]
    [InlineData("gpt-audio-1.5", "gpt-audio")]
    [InlineData("ada", "text-embedding-ada-002")]
    [InlineData("text-embedding-ada-002-v2", "text-embedding-ada-002")]
    [InlineData("text-moderation-006", "omni-moderation")]
    [InlineData("omni-moderation-latest", "omni-moderation")]
    [InlineData("ft:gpt-4o-mini-2024-07-18:my-org::id", "ft:gpt-4o-mini")]
    [InlineData("ft:gpt-4o-2024-08-06:my-org::id", "ft:gpt-4o")]
    [InlineData(" GPT-4o ", "gpt-4o")]
    public void A_name_with_a_vendor_a_date_or_a_version_means_the_model(string name, string model) =>
        Assert.Equal((model, true), (Quote(name, new TokenCounts()).PricedAs, Quote(name, new TokenCounts()).IsPriced));

    [Theory]
    [InlineData("gpt-5-ultra")]
    [InlineData("gpt-4o-max")]
    [InlineData("gpt-7")]
    [InlineData("gpt-5-7")]
    [InlineData("claude-opus-6")]
    [InlineData("")]
    [InlineData("/")]
    [InlineData(null)]
    public void An_unknown_model_costs_the_ceiling_never_nothing(string? model)
    {
        var quote = Quote(model, new TokenCounts { Input = Million, Output = Million });
        Assert.Equal((false, "ceiling", 210_000_000_000L, 2 * Million), (quote.IsPriced, quote.PricedAs, quote.CostNanoUsd, quote.Tokens));
        Assert.Equal(new TokenRates(30_000_000_000, 180_000_000_000, Books.Shipped.Version), Books.Shipped.RatesFor(model, Books.Today));
    }

    [Theory]
    [InlineData("gpt-5.6-terra", "2026-07-29T23:59:59Z", "2.5")]
    [InlineData("gpt-5.6-terra", "2026-07-30T00:00:00Z", "2")]
    [InlineData("gpt-5.6-terra", "2020-01-01T00:00:00Z", "2.5")]
    [InlineData("claude-sonnet-5", "2026-08-31T12:00:00Z", "2")]
    [InlineData("claude-sonnet-5", "2026-09-01T12:00:00Z", "3")]
    [InlineData("gemini-3.6-flash", "2027-01-01T00:00:00Z", "1.5")]
    public void The_newest_price_whose_day_has_come_holds(string model, string at, string input)
    {
        var rates = Books.Shipped.RatesFor(model, DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(D(input), rates.InputNanoUsdPerMillion / 1_000_000_000m);
    }

    [Theory]
    [InlineData("flex", 1)]
    [InlineData("batch", 1)]
    [InlineData("default", 2)]
    [InlineData(null, 2)]
    [InlineData("Priority", 4)]
    public void A_service_tier_halves_or_doubles_the_price(string? tier, int halves)
    {
        var quote = Books.Shipped.Quote(new TokenCounts { Input = Million, Output = Million }, "gpt-4o", tier, Books.Today, ChargeBy.Tokens);
        Assert.Equal(12_500_000_000 * halves / 2, quote.CostNanoUsd);
    }

    /// <summary>The product's cost table: what an action costs at $20 per 1M tokens.</summary>
    [Theory]
    [InlineData(2_000, "0.04")]
    [InlineData(5_000, "0.10")]
    [InlineData(3_000, "0.06")]
    public void The_cost_table_holds_at_the_reference_price(long tokens, string usd)
    {
        var nano = (long)(D(usd) * 1_000_000_000m);
        Assert.Equal(tokens, PriceBook.TokensFor(nano));
        Assert.Equal(tokens + 1, PriceBook.TokensFor(nano + 1));
    }

    [Fact]
    public void A_picture_is_2000_tokens_and_ten_minutes_of_transcription_are_3000()
    {
        var picture = Books.Shipped.Quote(new(), [new(UsageUnit.Image, 1, "1024x1024/standard")], "dall-e-3", null, Books.Today, ChargeBy.Cost);
        var sound = Books.Shipped.Quote(new(), [new(UsageUnit.AudioMillisecond, 600_000)], "whisper-1", null, Books.Today, ChargeBy.Cost);
        Assert.Equal((2_000, 40_000_000), (picture.Tokens, picture.CostNanoUsd));
        Assert.Equal((3_000, 60_000_000), (sound.Tokens, sound.CostNanoUsd));
    }

    [Fact]
    public void The_file_is_small_enough_to_ship()
    {
        using var packed = new MemoryStream();
        using (var zip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Optimal)) zip.Write(Shipped.Bytes("prices.json"));
        Assert.InRange(packed.ToArray().Length, 1_000, 30_000);
    }

    private static Quote Quote(string? model, TokenCounts usage) => Books.Shipped.Quote(usage, model, null, Books.Today, ChargeBy.Tokens);

    // Of a hundred thousand, as USD per 1M.
    private static decimal Usd(string model, TokenCounts usage) => Quote(model, usage).CostNanoUsd * 10 / 1_000_000_000m;

    private static decimal D(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
