using AiGateway.Insights;

namespace AiGateway.Tests.Insights;

/// <summary>Percentiles are figures that some call really used.</summary>
public sealed class TypicalReaderTests
{
    [Theory]
    [InlineData(new long[] { 7 }, 7, 7)]
    [InlineData(new long[] { 1, 2 }, 1, 2)]
    [InlineData(new long[] { 10, 20, 30, 40, 50, 60, 70, 80, 90, 100 }, 50, 90)]
    [InlineData(new long[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 500 }, 1, 1)]
    public void A_percentile_is_the_nearest_rank(long[] tokens, long median, long ninety) =>
        Assert.Equal((median, ninety), (TypicalReader.Percentile(tokens, 50), TypicalReader.Percentile(tokens, 90)));
}
