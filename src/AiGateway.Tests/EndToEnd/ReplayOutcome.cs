using AiGateway.Tests.Recordings;

namespace AiGateway.Tests.EndToEnd;

/// <summary>In what a recorded exchange differed when it was replayed: in nothing, where all is well.</summary>
internal sealed record ReplayOutcome(Recording Recording, IReadOnlyList<string> Bytes, IReadOnlyList<string> Usage)
{
    public static IEnumerable<string> Differs<T>(string what, T expected, T found) =>
        EqualityComparer<T>.Default.Equals(expected, found) ? [] : [$"{what} is {found}, not {expected}"];

    public static IEnumerable<string> DiffersInBytes(byte[] expected, byte[] found) =>
        found.AsSpan().SequenceEqual(expected) ? [] : [$"bytes differ: {found.Length} instead of {expected.Length}"];
}
