using System.Text;
using System.Text.Json.Nodes;

namespace AiGateway.Demo;

/// <summary>One request with a model: what was asked, and how to answer it, faults included.</summary>
/// <param name="Body">The JSON body; of a form, its text fields as strings.</param>
/// <param name="File">Bytes of the uploaded file; 0 where there is none.</param>
internal sealed record DemoCall(HttpContext Http, DemoStamp Stamp, JsonObject Body, string Model, DemoFault Fault, long File = 0)
{
    public bool Stream => DemoJson.IsTrue(Body["stream"]) || DemoJson.Text(Body["stream"]) == "true";

    public bool TellsUsage => Fault != DemoFault.NoUsage;

    public long Created => Stamp.Created;

    public string Id(string prefix, int length = 29) => prefix + Stamp.Hash(prefix + DemoJson.Compact(Body))[..length];

    /// <summary>A whole number from 1 to <paramref name="most"/> from the body; null where it is absent. The errors are the real provider's.</summary>
    public bool TryLimit(string name, out long? value, out DemoError error, long most = long.MaxValue)
    {
        (value, error) = (null, DemoErrors.NotAnInteger(name));
        switch (Body[name])
        {
            case null: return true;
            case JsonValue given when given.TryGetValue<long>(out var number):
                value = number;
                error = number < 1 ? DemoErrors.BelowMinimum(name, number) : DemoErrors.AboveMaximum(name, number, most);
                return number >= 1 && number <= most;
            default: return false;
        }
    }

    public Task RefuseAsync(DemoError error) => DemoErrors.WriteAsync(Http, error);

    public Task SendAsync(JsonObject answer) => SendAsync("application/json", DemoJson.Indented(answer));

    public async Task SendAsync(string contentType, byte[] body)
    {
        Http.Response.ContentType = contentType;
        if (Fault == DemoFault.Cut)
            BeginCut();
        else
            Http.Response.ContentLength = body.Length;
        await WriteAsync(Fault == DemoFault.Cut ? body.AsMemory(0, body.Length / 2) : body);
    }

    /// <summary>Sends whole events, each on its own and at once.</summary>
    public async Task StreamAsync(IReadOnlyList<string> events)
    {
        Http.Response.ContentType = "text/event-stream; charset=utf-8";
        if (Fault == DemoFault.Cut)
            BeginCut();
        foreach (var each in events.Take(Fault == DemoFault.Cut ? events.Count / 2 : events.Count))
        {
            if (Fault == DemoFault.Slow)
                await Task.Delay(DemoFaults.SlowStep, Stamp.Time, Http.RequestAborted);
            await WriteAsync(Encoding.UTF8.GetBytes(each));
        }
    }

    // A reset could overtake what was written before it. So the half answer is framed here, closed without its last frame: dropped
    // for everyone who reads it, and always at the same byte.
    private void BeginCut()
    {
        Http.Response.Headers.Connection = "close";
        Http.Response.Headers.TransferEncoding = "chunked";
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        var body = Http.Response.Body;
        if (Fault == DemoFault.Cut)
            await body.WriteAsync(Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"), Http.RequestAborted);
        await body.WriteAsync(bytes, Http.RequestAborted);
        if (Fault == DemoFault.Cut)
            await body.WriteAsync("\r\n"u8.ToArray(), Http.RequestAborted);
        await body.FlushAsync(Http.RequestAborted);
    }
}
