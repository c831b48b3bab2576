using AiGateway.Pipeline.Metering;
using Microsoft.AspNetCore.Http.Features;

namespace AiGateway.Tests.Pipeline.Metering;

public sealed class CallLifetimeTests
{
    [Fact]
    public void Beyond_the_most_open_drains_the_answer_of_who_leaves_is_not_read_on()
    {
        var drains = new OpenDrains(most: 2);
        var callers = Enumerable.Range(0, 3).Select(_ => new Caller()).ToList();
        var calls = callers.Select(caller => new CallLifetime(caller, drains, CancellationToken.None, TimeProvider.System)).ToList();
        callers.ForEach(caller => caller.Abort());
        Assert.Equal([false, false, true], calls.Select(call => call.RequestAborted.IsCancellationRequested));

        // An end makes room for the next one.
        calls[0].Dispose();
        var (late, lateCaller) = (new Caller(), new Caller());
        using var next = new CallLifetime(late, drains, CancellationToken.None, TimeProvider.System);
        using var over = new CallLifetime(lateCaller, drains, CancellationToken.None, TimeProvider.System);
        late.Abort();
        lateCaller.Abort();
        Assert.Equal((false, true), (next.RequestAborted.IsCancellationRequested, over.RequestAborted.IsCancellationRequested));
        calls.ForEach(call => call.Dispose());
    }

    [Fact]
    public void Without_drains_the_answer_ends_with_its_caller()
    {
        var caller = new Caller();
        using var call = new CallLifetime(caller, drains: null, CancellationToken.None, TimeProvider.System);
        Assert.False(call.RequestAborted.IsCancellationRequested);
        caller.Abort();
        Assert.True(call.RequestAborted.IsCancellationRequested);
    }

    private sealed class Caller : IHttpRequestLifetimeFeature
    {
        private readonly CancellationTokenSource _left = new();

        public CancellationToken RequestAborted { get => _left.Token; set => throw new NotSupportedException($"{value}"); }

        public void Abort() => _left.Cancel();
    }
}
