using AiGateway.Ledger;

namespace AiGateway.Tests.Ledger;

public sealed class SourceKeysTests
{
    [Theory]
    [InlineData("k", null)]
    [InlineData(" k", null)]
    [InlineData(null, "must have 1 to 200")]
    [InlineData("  ", "must have 1 to 200")]
    [InlineData("k ", "must not end with a space")]
    public void A_key_is_one_that_every_database_tells_from_others(string? key, string? wrong) =>
        Assert.StartsWith(wrong ?? "fine", SourceKeys.Check(key) ?? "fine", StringComparison.Ordinal);

    [Fact]
    public void A_key_has_at_most_two_hundred_characters()
    {
        Assert.Null(SourceKeys.Check(new string('k', 200)));
        Assert.NotNull(SourceKeys.Check(new string('k', 201)));
    }
}
