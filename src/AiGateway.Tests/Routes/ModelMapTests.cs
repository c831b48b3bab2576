using AiGateway.Routes;

namespace AiGateway.Tests.Routes;

public sealed class ModelMapTests
{
    private static readonly ModelMap Map = new([("gpt-4o", "exact"), ("gpt-*", "family"), ("gpt-4o-*", "longer"), ("*", "rest")]);

    [Theory]
    [InlineData("gpt-4o", "exact")]
    [InlineData("GPT-4O", "exact")]
    [InlineData("gpt-4o-mini", "longer")]
    [InlineData("gpt-5", "family")]
    [InlineData("claude", "rest")]
    public void A_whole_name_counts_before_a_pattern_and_the_longer_before_the_shorter(string model, string target) => Assert.Equal(target, Map.Find(model));

    [Fact]
    public void What_is_not_named_leads_nowhere() => Assert.Null(new ModelMap([("gpt-4o", "exact")]).Find("gpt-4"));

    [Theory]
    [InlineData("gpt-4o", true)]
    [InlineData("gpt-*", true)]
    [InlineData("*", true)]
    [InlineData("", false)]
    [InlineData("g*t", false)]
    [InlineData("a b", false)]
    [InlineData("a,b", false)]
    [InlineData("a=b", false)]
    public void A_pattern_is_a_name_or_a_beginning(string text, bool isPattern) => Assert.Equal(isPattern, ModelPattern.Check(text) is null);
}
