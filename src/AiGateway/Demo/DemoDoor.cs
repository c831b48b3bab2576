using System.Globalization;

namespace AiGateway.Demo;

/// <summary>What every answer has, whatever it is about: the key check, a number, and the provider's own headers.</summary>
internal sealed class DemoDoor(string key, TimeProvider time)
{
    private readonly string expected = "Bearer " + key;
    private long served;

    public Task PassAsync(HttpContext http, RequestDelegate next)
    {
        var started = time.GetTimestamp();
        var stamp = new DemoStamp(Interlocked.Increment(ref served), time);
        http.Features.Set(stamp);
        http.Response.OnStarting(() =>
        {
            AddHeaders(http.Response.Headers, stamp, time.GetElapsedTime(started));
            return Task.CompletedTask;
        });
        return IsOpen(http) ? next(http) : DemoErrors.WriteAsync(http, DemoErrors.WrongKey(GivenKey(http)));
    }

    // A picture's address is opened by a browser, which has no key.
    private bool IsOpen(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/images") || string.Equals(http.Request.Headers.Authorization, expected, StringComparison.Ordinal);

    private static string? GivenKey(HttpContext http)
    {
        var given = http.Request.Headers.Authorization.ToString();
        return given.StartsWith("Bearer ", StringComparison.Ordinal) ? given["Bearer ".Length..] : null;
    }

    private static void AddHeaders(IHeaderDictionary headers, DemoStamp stamp, TimeSpan took)
    {
        headers["x-request-id"] = "req_" + stamp.Hash("request")[..32];
        headers["openai-processing-ms"] = ((long)took.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        headers["openai-version"] = "2020-10-01";
        headers["openai-organization"] = "demo";
        headers.TryAdd("x-ratelimit-limit-requests", "10000");
        headers.TryAdd("x-ratelimit-remaining-requests", "9999");
        headers.TryAdd("x-ratelimit-reset-requests", "6ms");
    }
}
