using System.Text.Json.Nodes;

namespace AiGateway.Demo;

/// <summary>POST /v1/moderations: nothing is ever flagged, and nothing is ever charged.</summary>
internal static class DemoModerations
{
    private const string DefaultModel = "omni-moderation-latest";

    private static readonly string[] Categories =
        ["harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm",
         "self-harm/intent", "self-harm/instructions", "sexual", "sexual/minors", "violence", "violence/graphic"];

    public static Task AnswerAsync(DemoCall call)
    {
        if (call.Body["input"] is not { } input)
            return call.RefuseAsync(DemoErrors.Missing("input"));
        var inputs = input is JsonArray { Count: > 0 } many && many[0] is JsonValue ? many.Count : 1;
        return call.SendAsync(new JsonObject
        {
            ["id"] = call.Id("modr-"),
            ["model"] = call.Model.Length == 0 ? DefaultModel : call.Model,
            ["results"] = new JsonArray(Enumerable.Range(0, inputs).Select(_ => (JsonNode)Clean()).ToArray()),
        });
    }

    private static JsonObject Clean() => new()
    {
        ["flagged"] = false,
        ["categories"] = new JsonObject(Categories.Select(name => KeyValuePair.Create<string, JsonNode?>(name, false))),
        ["category_scores"] = new JsonObject(Categories.Select(name => KeyValuePair.Create<string, JsonNode?>(name, 0))),
    };
}
