using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiGateway.Demo;

/// <summary>From a request to a <see cref="DemoCall"/>: reads the body, finds the model, plays the faults that need no answer.</summary>
internal static class DemoReading
{
    public static RequestDelegate Json(Func<DemoCall, Task> answer) => async http =>
    {
        if (await ReadJsonAsync(http) is { } body)
            await TakeAsync(http, body, 0, answer);
        else
            await DemoErrors.WriteAsync(http, DemoErrors.NotJson);
    };

    public static RequestDelegate Form(Func<DemoCall, Task> answer) => async http =>
    {
        if (!http.Request.HasFormContentType)
        {
            await DemoErrors.WriteAsync(http, DemoErrors.NotAForm);
            return;
        }
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var fields = new JsonObject(form.Select(field => KeyValuePair.Create<string, JsonNode?>(field.Key, field.Value.ToString())));
        await TakeAsync(http, fields, form.Files.Sum(file => file.Length), answer);
    };

    private static async Task<JsonObject?> ReadJsonAsync(HttpContext http)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            return Copy(document.RootElement) as JsonObject;
        }
        catch (JsonException)
        {
            return null; // The caller is told so; there is nothing else to know.
        }
    }

    // Of a key that stands twice the last one counts, as at the real provider; JsonNode's own parser would throw.
    private static JsonNode? Copy(JsonElement from)
    {
        switch (from.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JsonObject();
                foreach (var member in from.EnumerateObject())
                    members[member.Name] = Copy(member.Value);
                return members;
            case JsonValueKind.Array:
                return new JsonArray(from.EnumerateArray().Select(Copy).ToArray());
            case JsonValueKind.Undefined or JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null:
                return from.ValueKind == JsonValueKind.Null ? null : JsonValue.Create(from.Clone());
            default:
                throw new InvalidOperationException($"JSON has no value kind {from.ValueKind}.");
        }
    }

    private static async Task TakeAsync(HttpContext http, JsonObject body, long file, Func<DemoCall, Task> answer)
    {
        var model = DemoJson.Text(body["model"]);
        var stamp = http.Features.Get<DemoStamp>() ?? throw new InvalidOperationException("The door is missing from the demo provider.");
        var call = new DemoCall(http, stamp, body, model, DemoFaults.Named(model), file);
        switch (call.Fault)
        {
            case DemoFault.RateLimited:
                LimitHeaders(http.Response.Headers);
                await call.RefuseAsync(DemoErrors.RateLimited);
                return;
            case DemoFault.Broken:
                await call.RefuseAsync(DemoErrors.Broken);
                return;
            case DemoFault.Slow:
                await Task.Delay(DemoFaults.SlowStart, stamp.Time, http.RequestAborted);
                break;
            case DemoFault.None or DemoFault.NoUsage or DemoFault.Cut:
                break;
        }
        await answer(call);
    }

    private static void LimitHeaders(IHeaderDictionary headers)
    {
        headers["retry-after"] = "20";
        headers["retry-after-ms"] = "20000";
        headers["x-ratelimit-limit-requests"] = "3";
        headers["x-ratelimit-remaining-requests"] = "0";
        headers["x-ratelimit-reset-requests"] = "20s";
        headers["x-ratelimit-limit-tokens"] = "40000";
        headers["x-ratelimit-remaining-tokens"] = "39990";
        headers["x-ratelimit-reset-tokens"] = "15ms";
    }
}
