namespace AiGateway.Ledger;

/// <summary>A command on its way through the writer, and the caller who waits for it.</summary>
internal abstract class QueuedMove(LedgerCommand command)
{
    public LedgerCommand Command => command;

    /// <summary>What it shall be told once the batch is durable.</summary>
    public object? Answer { get; set; }
    public Exception? Error { get; set; }

    /// <summary>Tells the caller what was decided; he hears only the first thing he is told.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception reason);
}

internal sealed class QueuedMove<TAnswer>(LedgerCommand<TAnswer> command, TaskCreationOptions callerGoesOn) : QueuedMove(command)
{
    private readonly TaskCompletionSource<TAnswer> _done = new(callerGoesOn);

    public Task<TAnswer> Task => _done.Task;

    public override void Complete()
    {
        if (Error is not null)
            _done.TrySetException(Error);
        else if (Answer is TAnswer answer)
            _done.TrySetResult(answer);
        else
            _done.TrySetException(new InvalidOperationException($"{Command.GetType().Name} was answered with {Answer?.GetType().Name ?? "nothing"}."));
    }

    public override void Fail(Exception reason) => _done.TrySetException(reason);
}
