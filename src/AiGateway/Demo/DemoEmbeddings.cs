using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AiGateway.Demo;

/// <summary>POST /v1/embeddings: a vector of length one for each input, the same for the same text.</summary>
internal static class DemoEmbeddings
{
    private const long DefaultDimensions = 1536, MostDimensions = 3072;

    public static Task AnswerAsync(DemoCall call)
    {
        if (call.Model.Length == 0)
            return call.RefuseAsync(DemoErrors.NoModel);
        if (call.Body["input"] is not { } input)
            return call.RefuseAsync(DemoErrors.Missing("input"));
        if (!call.TryLimit("dimensions", out var dimensions, out var error, MostDimensions))
            return call.RefuseAsync(error);
        var texts = Inputs(input);
        var asBase64 = DemoJson.Text(call.Body["encoding_format"]) == "base64";
        var answer = new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray(texts.Select((text, index) => (JsonNode)new JsonObject
            {
                ["object"] = "embedding", ["index"] = index, ["embedding"] = Encode(Vector(text.Text, (int)(dimensions ?? DefaultDimensions)), asBase64),
            }).ToArray()),
            ["model"] = call.Model,
        };
        var tokens = texts.Sum(text => text.Tokens);
        if (call.TellsUsage)
            answer["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens };
        return call.SendAsync(answer);
    }

    /// <summary>A string, strings, token ids, or lists of token ids.</summary>
    private static List<(string Text, long Tokens)> Inputs(JsonNode input)
    {
        if (input is not JsonArray { Count: > 0 } many)
            return [(DemoJson.Text(input), DemoText.Count(DemoJson.Text(input)))];
        if (many[0] is JsonValue first && first.TryGetValue<long>(out _))
            return [(many.ToJsonString(), many.Count)];
        return many.Select(each => each is JsonArray ids
            ? (ids.ToJsonString(), (long)ids.Count)
            : (DemoJson.Text(each), DemoText.Count(DemoJson.Text(each)))).ToList();
    }

    private static float[] Vector(string text, int dimensions)
    {
        var seed = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        var vector = new float[dimensions];
        var sum = 0d;
        for (var at = 0; at < dimensions; at++)
        {
            vector[at] = (seed[at % seed.Length] ^ (at * 37 & 0xff)) - 127.5f;
            sum += vector[at] * vector[at];
        }
        var length = (float)Math.Sqrt(sum);
        return vector.Select(value => value / length).ToArray();
    }

    private static JsonNode Encode(float[] vector, bool asBase64)
    {
        if (!asBase64)
            return new JsonArray(vector.Select(value => (JsonNode)JsonValue.Create(value)).ToArray());
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var at = 0; at < vector.Length; at++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at * sizeof(float)), vector[at]);
        return JsonValue.Create(Convert.ToBase64String(bytes));
    }
}
