using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiGateway.Tests.Support;

/// <summary>
/// A provider under a test's full control: answers from a queue, else from <see cref="Answer"/>; keeps every request as it came.
/// It runs in the test's process, so it outlives a gateway that is killed.
/// </summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    private const long MaxRequestBytes = 128L << 20;

    private readonly ConcurrentQueue<FakeAnswer> queued = new();
    private readonly ConcurrentQueue<ReceivedRequest> received = new();
    private readonly WebApplication app;
    private int running, mostAtOnce;

    private FakeProvider(WebApplication app) => this.app = app;

    /// <summary>Answers what the queue does not. Default: <see cref="FakeChat.Answer"/>.</summary>
    public Func<ReceivedRequest, FakeAnswer> Answer { get; set; } = FakeChat.Answer;

    /// <summary>What is done with whoever opens a WebSocket; null: none is opened.</summary>
    public Func<WebSocket, Task>? Session { get; set; }

    /// <summary>Takes a request in place of everything else: for what no <see cref="FakeAnswer"/> can say. Null: none.</summary>
    public RequestDelegate? Handler { get; set; }

    /// <summary>As OPENAI_BASE_URL wants it.</summary>
    public string BaseUrl => app.Urls.Single() + "/v1";

    public IReadOnlyList<ReceivedRequest> Requests => received.ToArray();

    public int Count => received.Count;

    /// <summary>Requests taken and not yet answered in full.</summary>
    public int Running => Volatile.Read(ref running);

    public int MostAtOnce => Volatile.Read(ref mostAtOnce);

    public void Enqueue(FakeAnswer answer) => queued.Enqueue(answer);

    public void ClearQueue() => queued.Clear();

    /// <summary>As it was at first: for the next test of a class that shares it.</summary>
    public void Forget()
    {
        queued.Clear();
        received.Clear();
        (Answer, Session, Handler) = (FakeChat.Answer, null, null);
        Volatile.Write(ref mostAtOnce, Running);
    }

    public static async Task<FakeProvider> StartAsync(HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "FakeProvider" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
            kestrel.Limits.MinResponseDataRate = null;
        });
        var provider = new FakeProvider(builder.Build());
        provider.app.UseWebSockets();
        provider.app.Run(http => provider.Handler is { } handler ? handler(http) : provider.Session is { } script && http.WebSockets.IsWebSocketRequest ? FakeSessions.PlayAsync(http, script) : provider.TakeAsync(http));
        await provider.app.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var request = new ReceivedRequest(
            http.Request.Method,
            http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            http.Request.Headers.SelectMany(header => header.Value.Select(value => KeyValuePair.Create(header.Key, value ?? ""))).ToList(),
            body.ToArray(),
            ended.Task);
        Enter(request);
        try
        {
            await PlayAsync(http, queued.TryDequeue(out var next) ? next : Answer(request));
            ended.TrySetResult(!http.RequestAborted.IsCancellationRequested);
        }
        catch (OperationCanceledException)
        {
            ended.TrySetResult(false);
        }
        catch (CutException)
        {
            ended.TrySetResult(true);
            throw; // The server then closes the connection behind what was written, without the last frame.
        }
        catch (Exception failed)
        {
            ended.TrySetException(failed);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }

    private void Enter(ReceivedRequest request)
    {
        var now = Interlocked.Increment(ref running);
        for (var seen = MostAtOnce; now > seen && Interlocked.CompareExchange(ref mostAtOnce, now, seen) != seen; seen = MostAtOnce) { }
        received.Enqueue(request);
    }

    private static async Task PlayAsync(HttpContext http, FakeAnswer answer)
    {
        await Passed(answer.BeforeHeaders, http);
        http.Response.StatusCode = answer.Status;
        foreach (var header in answer.Headers)
            http.Response.Headers.Append(header.Key, header.Value);
        if (answer.KnowsLength)
            http.Response.ContentLength = answer.Pieces.Sum(piece => (long)piece.Bytes.Length);
        await http.Response.StartAsync(http.RequestAborted);
        foreach (var piece in answer.Pieces)
        {
            await Passed(piece.Before, http);
            await http.Response.Body.WriteAsync(piece.Bytes, http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
        if (answer.IsCut)
            throw new CutException();
    }

    private static Task Passed(Gate? gate, HttpContext http) => gate is null ? Task.CompletedTask : gate.WaitAsync().WaitAsync(http.RequestAborted);

    private sealed class CutException() : Exception("This answer is to be cut off.");
}
