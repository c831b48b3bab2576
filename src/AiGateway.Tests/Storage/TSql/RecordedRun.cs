using AiGateway.Tests.Storage.TSql;

[assembly: AssemblyFixture(typeof(RecordedRun))]

namespace AiGateway.Tests.Storage.TSql;

/// <summary>Where a whole run goes over the recorded server, it ends with the proof of all that was sent.</summary>
public sealed class RecordedRun : IAsyncDisposable
{
    public ValueTask DisposeAsync()
    {
        if (Environment.GetEnvironmentVariable(TestDatabase.Variable) != TestDatabase.Recorded)
            return ValueTask.CompletedTask;
        var proof = SentProof.OfAll();
        Console.WriteLine($"Sent to the recorded server: {proof}");
        return proof is { Refused.Count: 0, Unresolved.Count: 0 }
            ? ValueTask.CompletedTask
            : throw new InvalidOperationException(string.Join("\n\n", proof.Refused.Concat(proof.Unresolved)));
    }
}
