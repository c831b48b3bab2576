using System.Net.Http.Json;
using System.Text.Json;
using AiGateway.Tests.ConfigFiles;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Keys and plans that are for some models only.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class ModelListTests
{
    private const string Ask = """{"model":"MODEL","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";

    [Fact]
    public async Task A_key_for_some_models_is_refused_the_others_whatever_hides_them()
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.NewUserAsync("anna", 1_000_000);
        var caller = new CallerClient(gateway.Process.Client, await KeyAsync(gateway, ["gpt-4o-mini", "o3*", "whisper-1"]));

        foreach (var model in (string[])["gpt-4o-mini", "GPT-4o-mini", "o3", "o3-mini"])
        {
            using var good = await caller.ChatAsync(Ask.Replace("MODEL", model, StringComparison.Ordinal));
            Assert.Equal((model, 200), (model, (int)good.StatusCode));
        }
        var before = gateway.Provider.Count;
        foreach (var model in (string[])["gpt-4o", "gpt-4o-mini-audio-preview", "xo3", ""])
        {
            using var bad = await caller.ChatAsync(Ask.Replace("MODEL", model, StringComparison.Ordinal));
            var error = await bad.RefusedAsync(403, "model_not_allowed");
            Assert.Equal("gpt-4o-mini, o3*, whisper-1", error.GetProperty("gateway").GetProperty("allowed").GetString());
            Assert.Equal("model", error.GetProperty("param").GetString());
        }
        using (var none = await caller.ChatAsync("""{"messages":[{"role":"user","content":"Hello"}]}"""))
            await none.RefusedAsync(403, "model_not_allowed");
        using (var twice = await caller.ChatAsync("""{"model":"gpt-4o-mini","messages":[],"model":"gpt-4o"}"""))
            await twice.RefusedAsync(400, "invalid_json");
        using (var behindTheFile = await caller.SendAsync(Form(caller, "gpt-4o-transcribe")))
            await behindTheFile.RefusedAsync(403, "model_not_allowed");
        Assert.Equal(before, gateway.Provider.Count);

        gateway.Provider.Enqueue(FakeAnswer.Json("""{"text":"Hello","usage":{"type":"duration","seconds":2}}"""));
        using (var heard = await caller.SendAsync(Form(caller, "whisper-1")))
            Assert.Equal(200, (int)heard.StatusCode);
    }

    [Fact]
    public async Task A_plan_for_some_models_holds_for_those_who_are_on_it_and_without_one_the_files_own_list()
    {
        await using var gateway = await RunningGateway.StartAsync(prepare: folder =>
        {
            var config = Directory.CreateDirectory(Path.Combine(folder, "config")).FullName;
            foreach (var file in (string[])["prices.json", "routes.json"])
                File.Copy(Shipped.Path(file), Path.Combine(config, file));
            File.WriteAllText(Path.Combine(config, "plans.json"), """
                {
                  "models_without_plan": ["gpt-4o-mini"],
                  "plans": { "annual": { "name": "Annual", "tokens": 5000000, "price_usd": 999, "every": { "count": 1, "unit": "year" }, "models": ["gpt-4o*"] } },
                  "packs": {}
                }
                """);
        });
        var caller = gateway.Caller(await gateway.NewUserAsync("anna", 1_000_000));
        using (var refused = await caller.ChatAsync(Ask.Replace("MODEL", "gpt-4o", StringComparison.Ordinal)))
            Assert.Equal("gpt-4o-mini", (await refused.RefusedAsync(403, "model_not_allowed")).GetProperty("gateway").GetProperty("allowed").GetString());
        using (var good = await caller.ChatAsync(Ask.Replace("MODEL", "gpt-4o-mini", StringComparison.Ordinal)))
            Assert.Equal(200, (int)good.StatusCode);
        // A list of models is no charge: what was refused used no tokens and no slot.
        Assert.Single(await gateway.Admin.ChargesAsync("anna", 1));
    }

    private static async Task<string> KeyAsync(RunningGateway gateway, string[] models)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/v1/keys") { Content = JsonContent.Create(new { kind = "user", user_id = "anna", name = "narrow", models }) };
        request.Headers.Authorization = new("Bearer", RunningGateway.AdminKey);
        using var answer = await gateway.Process.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (await answer.JsonAsync()).GetProperty("key").GetString() ?? throw new JsonException("A key without its key.");
    }

    private static HttpRequestMessage Form(CallerClient caller, string model)
    {
        var request = caller.Request(HttpMethod.Post, "/v1/audio/transcriptions");
        request.Content = new MultipartFormDataContent("the-boundary") { { new ByteArrayContent(new byte[50_000]), "file", "sound.wav" }, { new StringContent(model), "model" } };
        return request;
    }
}
