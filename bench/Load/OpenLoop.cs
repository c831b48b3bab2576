using System.Diagnostics;

namespace Load;

/// <summary>Calls begin when they are due, whether or not earlier ones have been answered, as those of many independent callers do.</summary>
internal static class OpenLoop
{
    /// <param name="atOnce">How many calls may be under way; a call that is due waits for its turn, and its clock runs. 0: any number.</param>
    /// <returns>Answered, failed, p50, p99, largest.</returns>
    public static async Task<string> RunAsync(HttpClient http, Uri url, int rate, int seconds, int atOnce)
    {
        var (body, figures, calls) = (Bodies.Plain(stream: false), new Figures(), new List<Task>());
        using var turns = new SemaphoreSlim(atOnce > 0 ? atOnce : int.MaxValue);
        var (failed, answered) = (0, 0);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            for (var due = (int)(clock.Elapsed.TotalSeconds * rate); calls.Count < due;)
                calls.Add(CallAsync(clock.Elapsed));
            // A millisecond: finer waiting would take a core from what is measured.
            Thread.Sleep(1);
        }
        await Task.WhenAll(calls);
        return Figures.Line(answered, failed, figures.At(50), figures.At(99), figures.At(100));

        async Task CallAsync(TimeSpan began)
        {
            await turns.WaitAsync().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            try
            {
                using var request = Bodies.Post(url, body);
                using var answer = await http.SendAsync(request);
                if (answer.IsSuccessStatusCode)
                    Interlocked.Increment(ref answered);
                else
                    Interlocked.Increment(ref failed);
            }
            catch (HttpRequestException)
            {
                Interlocked.Increment(ref failed);
            }
            finally
            {
                turns.Release();
            }
            figures.Add((clock.Elapsed - began).TotalMilliseconds);
        }
    }
}
