using System.Collections.Concurrent;
using System.Net;
using System.Text;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Callers behind a balancer of two nodes: each call goes to one, and to the other where that one takes no call.</summary>
internal sealed class TwoNodeCallers(RunningGateway gateway, IReadOnlyList<MadeKey> keys)
{
    /// <summary>A balancer gives up some time; a restart is over long before.</summary>
    private const int Tries = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentQueue<string> _complete = new();
    private readonly ConcurrentQueue<string> _lost = new();
    private int _next, _refused, _unconnected, _brokenOff, _openStreams;

    /// <summary>Request ids of answers that came whole.</summary>
    public IReadOnlyCollection<string> Complete => _complete;

    /// <summary>What a caller saw instead of a whole answer.</summary>
    public IReadOnlyCollection<string> Lost => _lost;

    public int Refused => Volatile.Read(ref _refused);
    public int Unconnected => Volatile.Read(ref _unconnected);

    /// <summary>Connections that were closed before anything of an answer came: kept-alive ones, as the server stopped listening.</summary>
    public int BrokenOff => Volatile.Read(ref _brokenOff);
    public int OpenStreams => Volatile.Read(ref _openStreams);

    /// <summary>Calls at this rate until it is stopped, however long each takes.</summary>
    /// <returns>For how many seconds it did.</returns>
    public async Task<double> CallOnAsync(int rate, CancellationToken stop)
    {
        var calls = new List<Task>();
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        while (!stop.IsCancellationRequested)
        {
            while (calls.Count < TimeProvider.System.GetElapsedTime(started).TotalSeconds * rate)
                calls.Add(CallAsync(calls.Count, stream: false));
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        await Task.WhenAll(calls);
        return seconds;
    }

    public Task StreamAsync(int number) => CallAsync(number, stream: true);

    private async Task CallAsync(int number, bool stream)
    {
        var json = $$"""{"model":"gpt-4o","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"Call {{number}}"}]}""";
        try
        {
            using var answer = await SendAsync(keys[number % keys.Count], json);
            var body = stream ? await ReadAsync(answer) : await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (answer.IsSuccessStatusCode && (stream ? body.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal) : body == FakeChat.Whole))
                _complete.Enqueue(answer.RequestId());
            else
                _lost.Enqueue($"{(int)answer.StatusCode}: {body}");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or TimeoutException)
        {
            _lost.Enqueue($"{failed.GetType().Name}: {failed.Message}");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(MadeKey key, string json)
    {
        for (var attempt = 1; ; attempt++)
        {
            var node = (Interlocked.Increment(ref _next) & int.MaxValue) % gateway.Nodes.Count;
            try
            {
                var answer = await gateway.Caller(key, node).ChatAsync(json);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || attempt == Tries)
                    return answer;
                Assert.Contains("\"draining\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
                answer.Dispose();
                Interlocked.Increment(ref _refused);
            }
            catch (HttpRequestException failed) when (attempt < Tries)
            {
                // No answer had begun, so the same call may go to another node; the provider's count shows that none went up twice.
                Interlocked.Increment(ref failed.HttpRequestError == HttpRequestError.ConnectionError ? ref _unconnected : ref _brokenOff);
                await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
    }

    private async Task<string> ReadAsync(HttpResponseMessage answer)
    {
        var body = new StringBuilder();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        body.Append((char)reader.Read());
        Interlocked.Increment(ref _openStreams);
        body.Append(await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        Interlocked.Decrement(ref _openStreams);
        return body.ToString();
    }
}
