using AiGateway.Ledger;
using AiGateway.Storage.Tables;

namespace AiGateway.Tests.Ledger;

public sealed class CostsTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(499, "0")]
    [InlineData(500, "0.000001")]
    [InlineData(1499, "0.000001")]
    [InlineData(1500, "0.000002")]
    [InlineData(-499, "0")]
    [InlineData(-500, "-0.000001")]
    [InlineData(20_000_000_000, "20")]
    public void Nano_usd_round_half_away_from_zero_to_six_places(long nanoUsd, string usd) =>
        Assert.Equal(decimal.Parse(usd, System.Globalization.CultureInfo.InvariantCulture), Costs.Usd(nanoUsd));

    [Theory]
    [InlineData(1, 0, 1, 0, 1)]
    [InlineData(1_000_000, 0, 1, 0, 1)]
    [InlineData(1_000_001, 0, 1, 0, 2)]
    [InlineData(500_000, 500_000, 1, 1, 1)]
    [InlineData(1_000_000_000_000, 0, 1_000_000_000_000, 0, 1_000_000_000_000_000_000)]
    public void A_presumed_cost_is_exact_and_rounded_up_once(long input, long output, long inputRate, long outputRate, long cost) =>
        Assert.Equal(cost, Costs.Presumed(Row(input, output, inputRate, outputRate)).CostNanoUsd);

    [Fact]
    public void A_presumption_that_does_not_fit_is_an_error_and_no_wrong_figure() =>
        Assert.Throws<OverflowException>(() => Costs.Presumed(Row(long.MaxValue, 0, long.MaxValue, 0)));

    private static TokenHoldRow Row(long input, long output, long inputRate, long outputRate) => new()
    {
        RequestId = "r", ActionType = "chat", Amount = long.MaxValue, PresumedInput = input, PresumedOutput = output,
        InputNanoUsdPerMillion = inputRate, OutputNanoUsdPerMillion = outputRate,
    };
}
