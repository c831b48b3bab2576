using System.Net.WebSockets;
using System.Text.Json;
using AiGateway.Tests.Recordings;
using AiGateway.Tests.Support;
using static AiGateway.Tests.EndToEnd.ReplayOutcome;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Replays what a provider said in a recorded session, message by message.</summary>
internal static class SessionReplay
{
    public static async Task<IReadOnlyList<ReplayOutcome>> RunAsync(RunningGateway gateway, IReadOnlyList<Recording> recordings)
    {
        var outcomes = new List<ReplayOutcome>();
        foreach (var recording in recordings)
            outcomes.Add(await ReplayAsync(gateway, recording));
        gateway.Provider.Session = null;
        return outcomes;
    }

    private static async Task<ReplayOutcome> ReplayAsync(RunningGateway gateway, Recording recording)
    {
        var frames = File.ReadLines(recording.ResponsePath).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var sent = frames.Where(frame => frame.GetProperty("dir").GetString() == "server").Select(frame => frame.GetProperty("frame").GetRawText()).ToList();
        gateway.Provider.Session = async socket =>
        {
            foreach (var message in sent)
                await FakeSessions.SendAsync(socket, message);
        };
        var key = await gateway.NewUserAsync(recording.Name, 10_000_000);
        var got = new List<string>();
        using (var socket = new ClientWebSocket())
        {
            socket.Options.SetRequestHeader("Authorization", "Bearer " + key.Secret);
            var path = AiGateway.Tests.Recordings.Replay.PathOf(recording);
            await socket.ConnectAsync(new UriBuilder(gateway.Process.BaseAddress) { Scheme = "ws", Path = path }.Uri, TestContext.Current.CancellationToken);
            while (await FakeSessions.ReceiveAsync(socket) is { } message)
                got.Add(message);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        }
        await gateway.NothingHeldAsync();
        return new ReplayOutcome(recording, [.. Differs("messages", string.Join('\n', sent), string.Join('\n', got))], [.. Booked(recording, sent, await gateway.Admin.ChargesAsync(recording.Name))]);
    }

    private static IEnumerable<string> Booked(Recording recording, List<string> sent, IReadOnlyList<JsonElement> rows)
    {
        var extra = sent.Count(message => message.Contains("input_audio_transcription.completed", StringComparison.Ordinal) && message.Contains("\"usage\"", StringComparison.Ordinal));
        var responses = rows.Where(row => row.GetProperty("prompt_tokens").GetInt64() > 0).ToList();
        return
        [
            .. Differs("rows", sent.Count(message => message.Contains("\"response.done\"", StringComparison.Ordinal)) + extra, rows.Count),
            .. Differs("input", recording.Billable("input_total"), responses.Sum(row => row.GetProperty("prompt_tokens").GetInt64())),
            .. Differs("output", recording.Billable("output_total"), responses.Sum(row => row.GetProperty("completion_tokens").GetInt64())),
        ];
    }
}
