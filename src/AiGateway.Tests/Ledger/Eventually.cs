using System.Diagnostics;

namespace AiGateway.Tests.Ledger;

/// <summary>Waits for a thing that another thread does; fails when it does not come.</summary>
internal static class Eventually
{
    public static async Task IsTrue(Func<bool> condition, int withinSeconds = 10)
    {
        for (var waited = Stopwatch.StartNew(); !condition();)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(withinSeconds), "It did not happen in time.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
