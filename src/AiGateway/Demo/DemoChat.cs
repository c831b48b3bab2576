using System.Text.Json.Nodes;

namespace AiGateway.Demo;

/// <summary>POST /v1/chat/completions, whole or streamed. Usage in a stream only where stream_options.include_usage asks for it.</summary>
internal static class DemoChat
{
    // The overhead of a chat's frame, as the real tokenizer counts it: three tokens a message, three before the answer.
    private const long PerMessage = 3, BeforeAnswer = 3;
    // A picture, sound or file counts like a small picture does.
    private const long PerOtherPart = 85;

    // The real limit.
    private const long MostChoices = 128;

    public static Task AnswerAsync(DemoCall call)
    {
        if (call.Model.Length == 0)
            return call.RefuseAsync(DemoErrors.NoModel);
        if (call.Body["messages"] is not JsonArray { Count: > 0 } messages)
            return call.RefuseAsync(DemoErrors.Missing("messages"));
        if (!call.TryLimit("max_completion_tokens", out var most, out var error) || !call.TryLimit("max_tokens", out var older, out error)
            || !call.TryLimit("n", out var choices, out error, MostChoices))
            return call.RefuseAsync(error);
        var prompt = DemoJson.Text(messages[^1]?["content"]);
        var texts = Enumerable.Range(0, (int)(choices ?? 1)).Select(choice => DemoText.Write(prompt, call.Model, choice, most ?? older)).ToList();
        var usage = DemoUsage.Of(InputTokens(messages), texts.Sum(text => (long)text.Tokens), texts.Sum(text => (long)text.ReasoningTokens));
        return call.Stream ? call.StreamAsync(Events(call, texts, usage)) : call.SendAsync(Whole(call, texts, usage));
    }

    private static long InputTokens(JsonArray messages) => BeforeAnswer
        + messages.Sum(message => PerMessage + DemoText.Count(DemoJson.Text(message?["content"])) + PerOtherPart * DemoJson.OtherParts(message?["content"]));

    private static JsonObject Whole(DemoCall call, List<DemoText> texts, DemoUsage usage)
    {
        var answer = Frame(call, "chat.completion", call.Id("chatcmpl-"));
        answer["choices"] = new JsonArray(texts.Select((text, index) => (JsonNode)new JsonObject
        {
            ["index"] = index,
            ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text.Whole, ["refusal"] = null, ["annotations"] = new JsonArray() },
            ["logprobs"] = null,
            ["finish_reason"] = Finish(text),
        }).ToArray());
        if (call.TellsUsage)
            answer["usage"] = usage.Chat();
        answer["service_tier"] = "default";
        answer["system_fingerprint"] = "fp_demo";
        return answer;
    }

    private static List<string> Events(DemoCall call, List<DemoText> texts, DemoUsage usage)
    {
        var withUsage = call.TellsUsage && DemoJson.IsTrue((call.Body["stream_options"] as JsonObject)?["include_usage"]);
        var id = call.Id("chatcmpl-");
        var events = new List<string>();
        void Add(JsonArray choices, JsonNode? reported)
        {
            var chunk = Frame(call, "chat.completion.chunk", id);
            chunk["service_tier"] = "default";
            chunk["system_fingerprint"] = "fp_demo";
            chunk["choices"] = choices;
            if (withUsage)
                chunk["usage"] = reported;
            events.Add($"data: {DemoJson.Compact(chunk)}\n\n");
        }
        for (var index = 0; index < texts.Count; index++)
            Add(Delta(index, new JsonObject { ["role"] = "assistant", ["content"] = "", ["refusal"] = null }, null), null);
        for (var at = 0; at < texts.Max(text => text.Pieces.Count); at++)
            for (var index = 0; index < texts.Count; index++)
                if (at < texts[index].Pieces.Count)
                    Add(Delta(index, new JsonObject { ["content"] = texts[index].Pieces[at] }, null), null);
        for (var index = 0; index < texts.Count; index++)
            Add(Delta(index, new JsonObject(), Finish(texts[index])), null);
        if (withUsage)
            Add([], usage.Chat());
        events.Add("data: [DONE]\n\n");
        return events;
    }

    private static JsonArray Delta(int index, JsonObject delta, string? finish) =>
        [new JsonObject { ["index"] = index, ["delta"] = delta, ["logprobs"] = null, ["finish_reason"] = finish }];

    private static JsonObject Frame(DemoCall call, string kind, string id) =>
        new() { ["id"] = id, ["object"] = kind, ["created"] = call.Created, ["model"] = call.Model };

    private static string Finish(DemoText text) => text.IsCut ? "length" : "stop";
}
