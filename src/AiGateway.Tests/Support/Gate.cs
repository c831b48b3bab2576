namespace AiGateway.Tests.Support;

/// <summary>Closed until a test opens it; then open for ever. What waits at it goes on at once.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => opened.TrySetResult();

    public Task WaitAsync() => opened.Task;
}
