namespace AiGateway.Tests.Simulation;

/// <summary>Whatever goes on after an await in a simulated world, one thing after the other on one thread, in the order in which it came to be ready.</summary>
internal sealed class SimThread
{
    private readonly Queue<(NodeContext Node, SendOrPostCallback Callback, object? State)> _ready = new();

    public void RunReady()
    {
        while (_ready.TryDequeue(out var next))
            if (!next.Node.IsDead)
                next.Node.Run(() => next.Callback(next.State));
    }

    internal void Add(NodeContext node, SendOrPostCallback callback, object? state) => _ready.Enqueue((node, callback, state));
}

/// <summary>A process: once it is dead, nothing of it goes on.</summary>
internal sealed class NodeLife
{
    public bool IsDead { get; set; }
}

/// <summary>One node's share of the thread. What a dead node had still to do is never done.</summary>
internal sealed class NodeContext(SimThread thread, NodeLife life) : SynchronizationContext
{
    public bool IsDead => life.IsDead;

    public override void Post(SendOrPostCallback d, object? state) => thread.Add(this, d, state);

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nobody waits for anybody here.");

    public override SynchronizationContext CreateCopy() => this;

    public void Run(Action work)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            work();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
