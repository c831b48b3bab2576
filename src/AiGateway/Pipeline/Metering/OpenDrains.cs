using AiGateway.Telemetry;

namespace AiGateway.Pipeline.Metering;

/// <summary>How many answers are read to their end for callers who have left. Each holds a connection to the provider for nobody, so there is a most.</summary>
internal sealed class OpenDrains(int most = OpenDrains.Most)
{
    /// <summary>At 16 MiB and five minutes each. A crowd that leaves at once is a client's restart, or an attack; beyond this they are charged as seen.</summary>
    public const int Most = 2_000;

    private int _open;

    /// <returns>False: there are too many; the answer is not read on.</returns>
    public bool TryBegin()
    {
        if (Interlocked.Increment(ref _open) <= most)
            return true;
        Interlocked.Decrement(ref _open);
        Instruments.LimitReached("open_drains");
        return false;
    }

    public void End() => Interlocked.Decrement(ref _open);
}
