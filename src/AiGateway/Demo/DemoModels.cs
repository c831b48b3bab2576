using System.Text.Json.Nodes;

namespace AiGateway.Demo;

/// <summary>GET /v1/models: some usual names and the faults. Any other name is answered too, so each is also found alone.</summary>
internal static class DemoModels
{
    private static readonly string[] Names =
        ["gpt-4o", "gpt-4o-mini", "gpt-5-mini", "o4-mini", "gpt-3.5-turbo-instruct", "text-embedding-3-small", "omni-moderation-latest",
         "gpt-image-1", "dall-e-3", "whisper-1", "gpt-4o-mini-transcribe", "tts-1", "gpt-4o-mini-tts",
         "demo-429", "demo-500", "demo-slow", "demo-no-usage", "demo-cut"];

    // The same for ever, like the real ones' dates.
    private const long Since = 1_735_689_600;

    public static Task ListAsync(HttpContext http) => SendAsync(http, new JsonObject
    {
        ["object"] = "list", ["data"] = new JsonArray(Names.Select(name => (JsonNode)Model(name)).ToArray()),
    });

    public static Task OneAsync(HttpContext http) => SendAsync(http, Model($"{http.Request.RouteValues["id"]}"));

    private static JsonObject Model(string id) => new() { ["id"] = id, ["object"] = "model", ["created"] = Since, ["owned_by"] = "demo" };

    private static Task SendAsync(HttpContext http, JsonObject answer)
    {
        http.Response.ContentType = "application/json";
        return http.Response.Body.WriteAsync(DemoJson.Indented(answer), http.RequestAborted).AsTask();
    }
}
