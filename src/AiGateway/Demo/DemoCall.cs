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
        Http.Response.ContentLength = body.Length;
        if (Fault != DemoFault.Cut)
        {
            await Http.Response.Body.WriteAsync(body, Http.RequestAborted);
            return;
        }
        await Http.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), Http.RequestAborted);
        await Http.Response.Body.FlushAsync(Http.RequestAborted);
        Http.Abort();
    }

    /// <summary>Sends whole events, each on its own and at once.</summary>
    public async Task StreamAsync(IReadOnlyList<string> events)
    {
        Http.Response.ContentType = "text/event-stream; charset=utf-8";
        var sent = Fault == DemoFault.Cut ? events.Count / 2 : events.Count;
        foreach (var each in events.Take(sent))
        {
            if (Fault == DemoFault.Slow)
                await Task.Delay(DemoFaults.SlowStep, Stamp.Time, Http.RequestAborted);
            await Http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(each), Http.RequestAborted);
            await Http.Response.Body.FlushAsync(Http.RequestAborted);
        }
        if (Fault == DemoFault.Cut)
            Http.Abort();
    }
}
