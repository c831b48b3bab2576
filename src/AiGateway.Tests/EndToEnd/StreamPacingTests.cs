using System.Text;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>What the provider sends at once arrives at once: each piece is let go only after the caller holds the one before.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class StreamPacingTests
{
    private const string AskStream = """{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const string AskStreamAndUsage = """{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";

    [Fact]
    public async Task Events_arrive_one_at_a_time_although_usage_is_taken_out_of_them()
    {
        var sent = FakeChat.Stream(withUsage: true);
        var expected = FakeChat.Stream(withUsage: false);
        // The usage-only chunk, last but one, leaves nothing behind; all others leave what they would have been.
        var arrives = sent.Select((_, at) => at < sent.Count - 2 ? expected[at] : at == sent.Count - 2 ? "" : expected[^1]).ToList();
        await PacedAsync(AskStream, sent, arrives);
    }

    [Fact]
    public async Task Halves_of_events_arrive_at_once_where_nothing_is_taken_out()
    {
        var halves = FakeChat.Stream(withUsage: true).SelectMany(each => new[] { each[..(each.Length / 2)], each[(each.Length / 2)..] }).ToList();
        await PacedAsync(AskStreamAndUsage, halves, halves);
    }

    private static async Task PacedAsync(string ask, IReadOnlyList<string> sent, IReadOnlyList<string> arrives)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var caller = gateway.Caller(await gateway.NewUserAsync("anna", 100_000));
        var gates = sent.Select(_ => new Gate()).ToList();
        gateway.Provider.Enqueue(FakeAnswer.Events(sent.Select((each, at) => FakePiece.Of(each, gates[at]))));

        // The first is let go before the call: whether headers wait for a first byte is not this test's matter.
        gates[0].Open();
        using var answer = await caller.ChatAsync(ask);
        await using var stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        for (var at = 0; at < sent.Count; at++)
        {
            gates[at].Open();
            var expected = Encoding.UTF8.GetBytes(arrives[at]);
            var got = new byte[expected.Length];
            await Eventually.EndsAsync(ReadAsync(stream, got), $"piece {at} of {sent.Count} arrives before the next one is sent");
            Assert.Equal(expected, got);
        }
        Assert.Equal(0, await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    private static async Task<int> ReadAsync(Stream stream, byte[] into)
    {
        await stream.ReadExactlyAsync(into, TestContext.Current.CancellationToken);
        return into.Length;
    }
}
