using AiGateway.ConfigFiles;

namespace AiGateway.Tests.ConfigFiles;

public sealed class DidYouMeanTests
{
    private static readonly string[] Known = ["Kind", "Action", "Actions", "Access", "FlatTokens"];

    [Theory]
    [InlineData("Knid", "Kind")]
    [InlineData("kind", "Kind")]
    [InlineData("Aktion", "Action")]
    [InlineData("FlatToken", "FlatTokens")]
    [InlineData("Weather", null)]
    public void The_nearest_word_is_offered_and_a_far_one_is_not(string typed, string? expected) =>
        Assert.Equal(expected, DidYouMean.Nearest(typed, Known));

    [Theory]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "acb", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void Edits_are_counted(string from, string to, int edits) => Assert.Equal(edits, DidYouMean.Edits(from, to));
}
