using System.Diagnostics;
using System.Globalization;

namespace Load;

/// <summary>Streams of the fake provider, read line by line.</summary>
internal static class Streams
{
    /// <summary>The provider puts this before the moment at which it sent a chunk: Stopwatch's ticks, which both processes read off one clock.</summary>
    private const string Stamp = "\"at ";

    /// <returns>Chunks, time to first byte p50, chunk delay p50, p99.</returns>
    public static async Task<string> PaceAsync(HttpClient http, Uri url, int streams, int turns)
    {
        var (first, delays, chunks) = (new Figures(), new Figures(), 0);
        // In the first turn this program itself is compiled: what it shows is no proxy's.
        await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => ReadAsync()));
        (first, delays, chunks) = (new Figures(), new Figures(), 0);
        for (var turn = 0; turn < turns; turn++)
            await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => ReadAsync()));
        return Figures.Line(chunks, first.At(50), delays.At(50), delays.At(99));

        async Task ReadAsync()
        {
            var began = Stopwatch.GetTimestamp();
            using var request = Bodies.Post(url, Bodies.Chat("[[paced]]", stream: true));
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            answer.EnsureSuccessStatusCode();
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
            for (var isFirst = true; await lines.ReadLineAsync() is { } line; isFirst = false)
            {
                if (isFirst)
                    first.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                if (line.IndexOf(Stamp, StringComparison.Ordinal) is not (>= 0 and var at))
                    continue;
                at += Stamp.Length;
                delays.Add(Stopwatch.GetElapsedTime(long.Parse(line.AsSpan(at, line.IndexOf('"', at) - at), CultureInfo.InvariantCulture)).TotalMilliseconds);
                Interlocked.Increment(ref chunks);
            }
        }
    }

    /// <summary>Opens them, waits for the first chunk of each, says READY, and reads on when its own input ends.</summary>
    public static async Task<string> KeepOpenAsync(HttpClient http, Uri url, int streams)
    {
        var open = new List<Stream>();
        foreach (var some in Enumerable.Range(0, streams).Chunk(50))
            open.AddRange(await Task.WhenAll(some.Select(_ => OpenAsync())));
        Console.WriteLine("READY");
        await Console.In.ReadLineAsync();
        var ended = 0;
        await Task.WhenAll(open.Select(async body =>
        {
            await body.CopyToAsync(Stream.Null);
            await body.DisposeAsync();
            Interlocked.Increment(ref ended);
        }));
        return Figures.Line(ended);

        async Task<Stream> OpenAsync()
        {
            using var request = Bodies.Post(url, Bodies.Chat("[[open]]", stream: true));
            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            answer.EnsureSuccessStatusCode();
            var body = await answer.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[16]);
            return body;
        }
    }
}
