using System.Text.Json.Nodes;

namespace AiGateway.Demo;

/// <summary>POST /v1/responses, whole or as events. Usage is always in the last object, asked for or not; there is no [DONE].</summary>
internal static class DemoResponses
{
    private const string DefaultModel = "gpt-4o";
    private const long PerRequest = 7;

    public static Task AnswerAsync(DemoCall call)
    {
        if (call.Body["input"] is not { } input)
            return call.RefuseAsync(DemoErrors.Missing("input"));
        if (!call.TryLimit("max_output_tokens", out var most, out var error))
            return call.RefuseAsync(error);
        var prompt = DemoJson.Text(input);
        var text = DemoText.Write(prompt, call.Model, 0, most);
        var usage = DemoUsage.Of(PerRequest + DemoText.Count(prompt) + DemoText.Count(DemoJson.Text(call.Body["instructions"])), text.Tokens, text.ReasoningTokens);
        var item = call.Id("msg_", 48);
        var done = Response(call, text.IsCut ? "incomplete" : "completed", [Item(item, "completed", [Part(text.Whole)])], call.TellsUsage ? usage.Responses() : null);
        if (text.IsCut)
            done["incomplete_details"] = new JsonObject { ["reason"] = "max_output_tokens" };
        return call.Stream ? call.StreamAsync(Events(call, text, item, done)) : call.SendAsync(done);
    }

    private static List<string> Events(DemoCall call, DemoText text, string item, JsonObject done)
    {
        var events = new List<string>();
        void Add(string type, Action<JsonObject> fill)
        {
            var body = new JsonObject { ["type"] = type, ["sequence_number"] = events.Count };
            fill(body);
            events.Add($"event: {type}\ndata: {DemoJson.Compact(body)}\n\n");
        }
        void Inside(JsonObject body) => (body["item_id"], body["output_index"], body["content_index"]) = (item, 0, 0);

        Add("response.created", body => body["response"] = Response(call, "in_progress", [], null));
        Add("response.in_progress", body => body["response"] = Response(call, "in_progress", [], null));
        Add("response.output_item.added", body => (body["output_index"], body["item"]) = (0, Item(item, "in_progress", [])));
        Add("response.content_part.added", body => { Inside(body); body["part"] = Part(""); });
        foreach (var piece in text.Pieces)
            Add("response.output_text.delta", body => { Inside(body); body["delta"] = piece; body["logprobs"] = new JsonArray(); });
        Add("response.output_text.done", body => { Inside(body); body["text"] = text.Whole; body["logprobs"] = new JsonArray(); });
        Add("response.content_part.done", body => { Inside(body); body["part"] = Part(text.Whole); });
        Add("response.output_item.done", body => (body["output_index"], body["item"]) = (0, Item(item, "completed", [Part(text.Whole)])));
        Add(text.IsCut ? "response.incomplete" : "response.completed", body => body["response"] = done);
        return events;
    }

    private static JsonObject Response(DemoCall call, string status, JsonArray output, JsonObject? usage) => new()
    {
        ["id"] = call.Id("resp_", 48),
        ["object"] = "response",
        ["created_at"] = call.Created,
        ["status"] = status,
        ["background"] = false,
        ["error"] = null,
        ["incomplete_details"] = null,
        ["instructions"] = call.Body["instructions"]?.DeepClone(),
        ["max_output_tokens"] = call.Body["max_output_tokens"]?.DeepClone(),
        ["model"] = call.Model.Length == 0 ? DefaultModel : call.Model,
        ["output"] = output,
        ["parallel_tool_calls"] = true,
        ["previous_response_id"] = call.Body["previous_response_id"]?.DeepClone(),
        ["service_tier"] = "default",
        ["store"] = false,
        ["temperature"] = 1,
        ["text"] = new JsonObject { ["format"] = new JsonObject { ["type"] = "text" } },
        ["tool_choice"] = "auto",
        ["tools"] = new JsonArray(),
        ["top_p"] = 1,
        ["truncation"] = "disabled",
        ["usage"] = usage,
        ["metadata"] = new JsonObject(),
    };

    private static JsonObject Item(string id, string status, JsonArray content) =>
        new() { ["id"] = id, ["type"] = "message", ["status"] = status, ["content"] = content, ["role"] = "assistant" };

    private static JsonObject Part(string text) =>
        new() { ["type"] = "output_text", ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray(), ["text"] = text };
}
