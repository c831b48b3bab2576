namespace AiGateway.Tests.Support;

/// <summary>Waits for a thing that another process or task does, by looking again and again, never longer than a bound.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(25);

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? bound = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, bound);

    /// <param name="what">What is waited for, as the failure tells it.</param>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? bound = null)
    {
        var cancel = TestContext.Current.CancellationToken;
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > (bound ?? Bound))
                Assert.Fail($"Waited {bound ?? Bound} in vain: {what}.");
            await Task.Delay(Step, TimeProvider.System, cancel);
        }
    }

    /// <summary>Awaits a task that should end soon; a hang becomes a failure with a name.</summary>
    public static async Task<T> EndsAsync<T>(Task<T> task, string what, TimeSpan? bound = null)
    {
        try
        {
            return await task.WaitAsync(bound ?? Bound, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"Waited {bound ?? Bound} in vain: {what}.", late);
        }
    }
}
