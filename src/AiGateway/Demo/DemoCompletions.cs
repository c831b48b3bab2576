using System.Text.Json.Nodes;

namespace AiGateway.Demo;

/// <summary>POST /v1/completions, the older form. Of best_of answers only n come back; all of them are used.</summary>
internal static class DemoCompletions
{
    private const long DefaultLimit = 16, MostChoices = 128;

    public static Task AnswerAsync(DemoCall call)
    {
        if (call.Model.Length == 0)
            return call.RefuseAsync(DemoErrors.NoModel);
        if (!call.TryLimit("max_tokens", out var most, out var error) || !call.TryLimit("n", out var choices, out error, MostChoices)
            || !call.TryLimit("best_of", out var best, out error, MostChoices))
            return call.RefuseAsync(error);
        var prompts = Prompts(call.Body["prompt"]);
        var shown = (int)(choices ?? 1);
        var written = prompts.Select(prompt => Enumerable.Range(0, (int)Math.Max(shown, best ?? 1))
            .Select(choice => DemoText.Write(prompt.Text, call.Model, choice, most ?? DefaultLimit)).ToList()).ToList();
        var usage = DemoUsage.Of(prompts.Sum(prompt => prompt.Tokens), written.Sum(texts => texts.Sum(text => (long)text.Tokens)), 0);
        var texts = written.SelectMany(texts => texts.Take(shown)).ToList();
        return call.Stream ? call.StreamAsync(Events(call, texts, usage)) : call.SendAsync(Whole(call, texts, usage));
    }

    /// <summary>A string, strings, token ids, or lists of token ids.</summary>
    private static List<(string Text, long Tokens)> Prompts(JsonNode? prompt) => prompt switch
    {
        JsonArray { Count: > 0 } many when many[0] is JsonArray => many.Select(ids => ("tokens", (long)(ids as JsonArray ?? []).Count)).ToList(),
        JsonArray { Count: > 0 } ids when ids[0] is JsonValue first && first.TryGetValue<long>(out _) => [("tokens", ids.Count)],
        JsonArray { Count: > 0 } many => many.Select(text => (DemoJson.Text(text), DemoText.Count(DemoJson.Text(text)))).ToList(),
        _ => [(DemoJson.Text(prompt), DemoText.Count(DemoJson.Text(prompt)))],
    };

    private static JsonObject Whole(DemoCall call, List<DemoText> texts, DemoUsage usage)
    {
        var answer = Frame(call, call.Id("cmpl-"), new JsonArray(texts.Select((text, index) => (JsonNode)Choice(text.Whole, index, Finish(text))).ToArray()));
        if (call.TellsUsage)
            answer["usage"] = usage.Plain();
        return answer;
    }

    private static List<string> Events(DemoCall call, List<DemoText> texts, DemoUsage usage)
    {
        var withUsage = call.TellsUsage && DemoJson.IsTrue((call.Body["stream_options"] as JsonObject)?["include_usage"]);
        var id = call.Id("cmpl-");
        var events = new List<string>();
        void Add(JsonArray choices, JsonNode? reported)
        {
            var chunk = Frame(call, id, choices);
            if (withUsage)
                chunk["usage"] = reported;
            events.Add($"data: {DemoJson.Compact(chunk)}\n\n");
        }
        for (var index = 0; index < texts.Count; index++)
        {
            foreach (var piece in texts[index].Pieces)
                Add([Choice(piece, index, null)], null);
            Add([Choice("", index, Finish(texts[index]))], null);
        }
        if (withUsage)
            Add([], usage.Plain());
        events.Add("data: [DONE]\n\n");
        return events;
    }

    private static JsonObject Choice(string text, int index, string? finish) =>
        new() { ["text"] = text, ["index"] = index, ["logprobs"] = null, ["finish_reason"] = finish };

    private static JsonObject Frame(DemoCall call, string id, JsonArray choices) =>
        new() { ["id"] = id, ["object"] = "text_completion", ["created"] = call.Created, ["model"] = call.Model, ["choices"] = choices };

    private static string Finish(DemoText text) => text.IsCut ? "length" : "stop";
}
