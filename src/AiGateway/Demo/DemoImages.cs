using System.Globalization;
using System.Text.Json.Nodes;

namespace AiGateway.Demo;

/// <summary>POST /v1/images/*: one small grey picture, as often as asked. GPT image models report usage, dall-e never does.</summary>
internal static class DemoImages
{
    // One grey pixel.
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mOor6//DwAFhAKAjM1mJgAAAABJRU5ErkJggg==";
    private const long MostImages = 10;
    private const long InputImageTokens = 323;

    public static Task AnswerAsync(DemoCall call)
    {
        // A form's numbers are text: a copy with a number in it lets one check serve both.
        if (long.TryParse(DemoJson.Text(call.Body["n"]), NumberStyles.None, CultureInfo.InvariantCulture, out var typed))
            call.Body["n"] = typed;
        if (!call.TryLimit("n", out var count, out var error, MostImages))
            return call.RefuseAsync(error);
        var images = (int)(count ?? 1);
        var isGpt = call.Model.StartsWith("gpt-image", StringComparison.Ordinal);
        var answer = new JsonObject
        {
            ["created"] = call.Created,
            ["data"] = new JsonArray(Enumerable.Range(0, images).Select(at => (JsonNode)Image(call, at, isGpt)).ToArray()),
        };
        if (isGpt)
            Describe(call, answer, images);
        return call.SendAsync(answer);
    }

    /// <summary>The picture that a dall-e answer's url names.</summary>
    public static Task ServeAsync(HttpContext http)
    {
        http.Response.ContentType = "image/png";
        return http.Response.Body.WriteAsync(Convert.FromBase64String(Png), http.RequestAborted).AsTask();
    }

    private static JsonObject Image(DemoCall call, int at, bool isGpt) => isGpt || DemoJson.Text(call.Body["response_format"]) == "b64_json"
        ? new JsonObject { ["b64_json"] = Png }
        : new JsonObject { ["url"] = $"http://127.0.0.1:{call.Http.Connection.LocalPort}/images/{call.Id("img-")}-{at}.png" };

    private static void Describe(DemoCall call, JsonObject answer, int images)
    {
        var quality = DemoJson.Text(call.Body["quality"]) is "low" or "medium" or "high" ? DemoJson.Text(call.Body["quality"]) : "medium";
        var text = DemoText.Count(DemoJson.Text(call.Body["prompt"]));
        var shown = call.File > 0 ? InputImageTokens : 0;
        var output = images * OutputTokens(quality);
        answer["background"] = "opaque";
        answer["output_format"] = "png";
        answer["quality"] = quality;
        answer["size"] = "1024x1024";
        if (call.TellsUsage)
            answer["usage"] = new JsonObject
            {
                ["input_tokens"] = text + shown,
                ["input_tokens_details"] = new JsonObject { ["image_tokens"] = shown, ["text_tokens"] = text },
                ["output_tokens"] = output,
                ["output_tokens_details"] = new JsonObject { ["image_tokens"] = output, ["text_tokens"] = 0 },
                ["total_tokens"] = text + shown + output,
            };
    }

    /// <summary>What gpt-image-1 reports for a square picture of 1,024 pixels.</summary>
    private static long OutputTokens(string quality) => quality switch { "low" => 272, "high" => 4160, _ => 1056 };
}
