using System.Text.Json;
using AiGateway.Insights;
using AiGateway.Pages.Dashboard;

namespace AiGateway.Tests.Pages.Dashboard;

/// <summary>Every charge says why it is as large as it is.</summary>
public sealed class ExplanationTests
{
    private static TransactionView Row(
        string entry, string action, long tokens, string? source = null, long read = 0, long written = 0, long cached = 0, long reasoning = 0, long nanoUsd = 0, string? metadata = null) =>
        new(Guid.Empty, "anna", entry, action, tokens, 0, "0.000000", "gpt-4o", read, written, cached, reasoning, source, "req_1", null, null,
            metadata is null ? null : JsonElement.Parse(metadata), 1, nanoUsd, DateTime.UnixEpoch);

    public static TheoryData<string, string, string[]> Cases => new()
    {
        { "counted", "Measured", ["1,204 tokens read (1,024 of them remembered) + 340 written (120 of them thinking) = 1,544.", "Counted by the AI provider itself."] },
        { "embedded", "Measured", ["900 tokens read + 0 written = 900.", "Counted by the AI provider itself."] },
        { "picture", "Measured", ["Pictures, sound and film are not counted in tokens: this cost $0.04, which at $20 per million tokens is 2,000 tokens.", "Counted by the AI provider itself."] },
        { "estimated", "Estimated", ["50 tokens read + 70 written = 120.", "The AI provider did not say how much was used, so it was worked out from the text that went in and came out."] },
        { "flat", "Estimated", ["Charged as a whole: 1,000 tokens.", "The AI provider did not say how much was used, so it was worked out from the text that went in and came out."] },
        { "presumed", "Presumed", ["Charged as a whole: 4,106 tokens.", "The end of this action was not seen, so it was charged what it was expected to use at most. If the true figure arrives, a correction gives back the difference."] },
        { "free", "Measured", ["This action used no tokens.", "Counted by the AI provider itself."] },
        { "renewal", "Added", ["Your plan's tokens for this period."] },
        { "pack", "Added", ["A pack that you bought. These tokens never expire."] },
        { "expiry", "Removed", ["These tokens had an end date, and it has passed."] },
        { "correction", "Corrected", ["The true figure of an earlier action arrived. This is the difference to what had been charged for it."] },
    };

    private static readonly Dictionary<string, TransactionView> Rows = new()
    {
        ["counted"] = Row("usage", "chat", 1_544, "reported", 1_204, 340, 1_024, 120),
        ["embedded"] = Row("usage", "embedding", 900, "reported", 900),
        ["picture"] = Row("usage", "image", 2_000, "reported", nanoUsd: 40_000_000),
        ["estimated"] = Row("usage", "chat", 120, "estimated", 50, 70),
        ["flat"] = Row("usage", "chat", 1_000, "estimated", 1_000),
        ["presumed"] = Row("usage", "chat", 4_106, "presumed", 4_106),
        ["free"] = Row("usage", "moderation", 0, "reported"),
        ["renewal"] = Row("grant", "renewal_grant", -600_000),
        ["pack"] = Row("grant", "token_pack", -100_000),
        ["expiry"] = Row("removal", "expiry", 400),
        ["correction"] = Row("correction", "correction", -3_000),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_row_explains_itself(string row, string word, string[] sentences)
    {
        Assert.Equal(word, Explanation.Word(Rows[row]));
        Assert.Equal(sentences, Explanation.Of(Rows[row]));
    }

    [Fact]
    public void Details_name_the_model_the_request_and_what_the_app_noted() => Assert.Equal(
        [("Model", "gpt-4o"), ("Request", "req_1"), ("project", "Lighthouse"), ("draft", "3")],
        Explanation.Details(Row("usage", "chat", 1, "reported", 1, metadata: """{"project":"Lighthouse","draft":3}""")));
}
