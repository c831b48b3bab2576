using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>
/// Whatever a caller says about stream_options, his stream is metered, his bytes are those that he would have had without a gateway, and what
/// goes up is what he sent but for the one field. Cases: stream-options.txt; what stands as ⟦his→ours⟧ is the one stretch that differs.
/// </summary>
[Collection(EndToEndGroup.Name)]
public sealed class StreamOptionsTests(SharedBusyGateway shared) : IClassFixture<SharedBusyGateway>
{
    private readonly string anna = shared.NextUser();

    private const string Chat = """ "messages":[{"role":"user","content":"Hello"}],"max_tokens":50 """, Completion = """ "prompt":"Hello","max_tokens":50 """;

    /// <summary>Headers that belong to a connection or to a credential.</summary>
    private static readonly string[] NotCompared = ["Host", "Authorization", "Content-Length", "Accept-Encoding", "Transfer-Encoding", "Connection"];

    [Theory]
    [InlineData("/v1/chat/completions", Chat)]
    [InlineData("/v1/completions", Completion)]
    public async Task The_stream_is_metered_and_nobody_notices(string path, string ask)
    {
        var gateway = shared.Fresh();
        gateway.Provider.Answer = Answer;
        var caller = gateway.Caller(await gateway.NewUserAsync(anna, 10_000_000));
        var cases = Cases(ask).ToList();
        Assert.True(cases.Count >= 25);
        foreach (var (sent, expected) in cases)
        {
            using var request = caller.Request(HttpMethod.Post, path, sent);
            request.Headers.Add("OpenAI-Organization", "org-1");
            request.Headers.TryAddWithoutValidation("X-Odd", "a, b;c=\"d\"");
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
            using var got = await caller.SendAsync(request);
            var bytes = Encoding.UTF8.GetString(await got.BytesAsync());
            var up = gateway.Provider.Requests[^1];
            Assert.Equal(expected, up.Text);
            Assert.Equal(sent == expected ? "gzip" : "identity", up.Header("Accept-Encoding"));
            Assert.Equal(["Content-Type: application/json", "OpenAI-Organization: org-1", "X-Odd: a, b;c=\"d\""], Headers(up));
            Assert.Equal((sent, Encoding.UTF8.GetString(Answer(up with { Body = Encoding.UTF8.GetBytes(sent) }).Body)), (sent, bytes));
            await gateway.NothingHeldAsync();
            var row = (await gateway.Admin.PageAsync("transactions?limit=1&entry=usage"))[0];
            Assert.Equal((sent, got.RequestId(), FakeChat.TotalTokens, "reported"), (sent, row.GetProperty("request_id").GetString(), row.GetProperty("tokens_used").GetInt64(), row.GetProperty("usage_source").GetString()));
        }
        await gateway.BooksBalanceAsync();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{\"include_usage\":\"yes\"}")]
    public async Task Options_that_a_provider_refuses_are_left_to_it_to_refuse(string options)
    {
        var gateway = shared.Fresh();
        gateway.Provider.Answer = _ => FakeAnswer.Error(400, "invalid_request_error", "invalid_type", "No such options.");
        var caller = gateway.Caller(await gateway.NewUserAsync(anna, 100_000));
        var sent = $$"""{"model":"gpt-4o","stream":true,"stream_options":{{options}},{{Chat}}}""";
        using var got = await caller.ChatAsync(sent);
        Assert.Equal(400, (int)got.StatusCode);
        Assert.Equal(sent, gateway.Provider.Requests[^1].Text);
        await gateway.NothingHeldAsync();
        Assert.Equal(100_000, await gateway.Admin.TokensOfAsync(anna));
    }

    private static IEnumerable<(string Sent, string Expected)> Cases(string ask) =>
        File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "src", "AiGateway.Tests", "EndToEnd", "stream-options.txt"))
            .Split("\n---\n").Select(text => text.Trim('\n').Replace("$ASK", ask, StringComparison.Ordinal)).Select(text => (Pick(text, 0), Pick(text, 1)));

    /// <param name="side">0: the caller's text, 1: what goes up.</param>
    private static string Pick(string text, int side)
    {
        var (from, to) = (text.IndexOf('⟦', StringComparison.Ordinal), text.IndexOf('⟧', StringComparison.Ordinal));
        return from < 0 ? text : text[..from] + text[(from + 1)..to].Split('→')[side] + text[(to + 1)..];
    }

    private static List<string> Headers(ReceivedRequest request) =>
        [.. request.Headers.Where(header => !NotCompared.Contains(header.Key, StringComparer.OrdinalIgnoreCase)).Select(header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal)];

    /// <summary>As the real provider: usage where it is asked for, padding unless it is not wanted; of two equal keys the last counts.</summary>
    private static FakeAnswer Answer(ReceivedRequest request)
    {
        var options = request.Json.TryGetProperty("stream_options", out var found) && found.ValueKind is JsonValueKind.Object ? found : default;
        var padding = Says(options, "include_obfuscation", JsonValueKind.False) ? "" : ",\"obfuscation\":\"xY3\"";
        return FakeAnswer.Events(FakeChat.Stream(Says(options, "include_usage", JsonValueKind.True)).Select(each =>
            FakePiece.Of(each.Contains("[DONE]", StringComparison.Ordinal) ? each : each.Replace("}\n\n", padding + "}\n\n", StringComparison.Ordinal))));
    }

    private static bool Says(JsonElement options, string name, JsonValueKind kind) =>
        options.ValueKind is JsonValueKind.Object && options.TryGetProperty(name, out var value) && value.ValueKind == kind;
}
