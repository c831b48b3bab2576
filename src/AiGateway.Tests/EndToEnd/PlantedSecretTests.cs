using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using AiGateway.Tests.Support;
using Stripe;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace AiGateway.Tests.EndToEnd;

/// <summary>
/// A gateway in production, with a secret in every place that takes one, lives through good calls and every way of failing that quotes
/// secrets. Then all that it wrote and said is searched: log, answers, metrics, exports, pages, verbs, and the database byte by byte.
/// </summary>
[Collection(EndToEndGroup.Name)]
public sealed class PlantedSecretTests
{
    private const string StripeKey = "sk_live_planted_7f3a9c51d2e84b60", WebhookSecret = "whsec_planted_4c1f8e02b7d9465a", AlertSecret = "alert_planted_93be57c1aa0d4f28";
    private const string WrongKey = "agw_usr_0000000000000000_planted0wrong0secret0of0a0stranger0000000000", Prompt = "planted prompt of a person", Said = "planted answer to a person";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Planted_secrets_are_found_nowhere()
    {
        using var stripe = WireMockServer.Start();
        // Stripe itself quotes the key that it refuses.
        stripe.Given(Request.Create()).RespondWith(Response.Create().WithStatusCode(401).WithHeader("Content-Type", "application/json")
            .WithBody($$$"""{"error":{"type":"invalid_request_error","message":"Invalid API Key provided: {{{StripeKey}}}"}}"""));
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production", ["STRIPE_SECRET_KEY"] = StripeKey, ["STRIPE_WEBHOOK_SECRET"] = WebhookSecret, ["Stripe__ApiBase"] = stripe.Url ?? "",
            ["Alerts__WebhookUrl"] = $"{stripe.Url}/alerts", ["Alerts__WebhookSecret"] = AlertSecret, ["Serilog__MinimumLevel__Default"] = "Debug",
        });
        var (user, app) = (await gateway.NewUserAsync("anna", 100_000), await gateway.AppAsync());
        var heard = await LiveAsync(gateway, user.Secret, app.Secret);

        string[] secrets = [StripeKey, WebhookSecret, AlertSecret, RunningGateway.ProviderKey, RunningGateway.AdminKey, user.Secret, app.Secret, Tail(user.Secret), Tail(app.Secret), Tail(WrongKey)];
        foreach (var secret in secrets)
        {
            Assert.True(gateway.Process.Wrote(secret) == 0, $"The log holds {secret}");
            Assert.DoesNotContain(heard, said => said.Contains(secret, StringComparison.Ordinal));
        }
        foreach (var text in new[] { Prompt, Said })
            Assert.True(gateway.Process.Wrote(text) == 0, $"The log holds: {text}");
        await gateway.Process.StopAsync();
        foreach (var file in Directory.EnumerateFiles(gateway.Folder, "*", SearchOption.AllDirectories))
        {
            var bytes = await System.IO.File.ReadAllBytesAsync(file, Cancel);
            foreach (var secret in secrets.Concat([Prompt, Said]))
                Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, $"{Path.GetFileName(file)} holds {secret}");
        }
    }

    /// <summary>The part of a key that is nobody else's business.</summary>
    private static string Tail(string key) => key[(key.LastIndexOf('_') + 1)..];

    /// <returns>Every answer, with its headers.</returns>
    private static async Task<IReadOnlyList<string>> LiveAsync(RunningGateway gateway, string user, string app)
    {
        const string chat = "{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"" + Prompt + "\"}]}";
        var heard = new List<string>();
        async Task AskAsync(HttpMethod method, string path, string? key, string? body = null, params (string, string)[] headers)
        {
            using var request = new HttpRequestMessage(method, path);
            if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await gateway.Process.Client.SendAsync(request, Cancel);
            heard.Add($"{(int)answer.StatusCode} {answer.Headers} {await answer.Content.ReadAsStringAsync(Cancel)}");
        }

        // Calls that go well, and credentials in every place that a client may put them.
        gateway.Provider.Answer = request => FakeAnswer.Json($$$"""{"id":"c","object":"chat.completion","model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"{{{Said}}}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":5,"total_tokens":10}}""");
        await AskAsync(HttpMethod.Post, "/v1/chat/completions", user, chat);
        await AskAsync(HttpMethod.Post, "/v1/chat/completions", null, chat, ("x-api-key", user), ("Cookie", "session=" + user));
        await AskAsync(HttpMethod.Post, "/v1/chat/completions", app, chat, ("X-AiGateway-User", "anna"));
        // Credentials that are wrong, in the wrong place, or no credential.
        await AskAsync(HttpMethod.Post, "/v1/chat/completions", WrongKey, chat);
        await AskAsync(HttpMethod.Post, "/v1/chat/completions", app, chat);
        await AskAsync(HttpMethod.Post, "/v1/chat/completions?api_key=" + user, null, chat);
        await AskAsync(HttpMethod.Post, "/v1/nowhere", user, "{\"key\":\"" + user + "\"}");
        await AskAsync(HttpMethod.Post, "/v1/chat/completions", user, "{\"broken\":\"" + user);
        // A provider that refuses our key quotes it; one that breaks does so in its headers.
        gateway.Provider.Answer = request => FakeAnswer.Json($$$"""{"error":{"message":"Incorrect API key provided: {{{request.Header("Authorization")}}}","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""", 401);
        await AskAsync(HttpMethod.Post, "/v1/chat/completions", user, chat);
        gateway.Provider.Answer = _ => FakeAnswer.Json("""{"error":{"message":"out of order","type":"server_error","param":null,"code":null}}""", 500);
        await AskAsync(HttpMethod.Post, "/v1/chat/completions", user, chat);
        // Money: Stripe out of order, events forged and real.
        await AskAsync(HttpMethod.Post, "/gateway/v1/checkout", user, "{\"pack\":\"small\"}");
        const string happened = "{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"invoice.paid\",\"api_version\":\"2026-10-28.endive\",\"data\":{\"object\":{\"object\":\"invoice\",\"id\":\"in_1\",\"parent\":{\"subscription_details\":{\"subscription\":\"sub_1\"}}}}}";
        await AskAsync(HttpMethod.Post, "/stripe/webhook", null, happened, ("Stripe-Signature", "t=1,v1=" + WebhookSecret));
        await AskAsync(HttpMethod.Post, "/stripe/webhook", null, happened, ("Stripe-Signature", EventUtility.GenerateSignatureHeader(happened, WebhookSecret)));
        await Eventually.TrueAsync(() => Task.FromResult(gateway.Process.Wrote("evt_1") > 0), "the event was tried");
        // What operators see.
        await AskAsync(HttpMethod.Get, "/admin/v1/keys", "wrong-admin-key-0123456789");
        foreach (var path in new[] { "keys", "users", "transactions", "holds", "stripe/events", "stripe/summary", "routes", "insights", "prices/missing" })
            await AskAsync(HttpMethod.Get, "/admin/v1/" + path, RunningGateway.AdminKey);
        await AskAsync(HttpMethod.Get, "/admin/v1/transactions", RunningGateway.AdminKey, null, ("Accept", "text/csv"));
        await AskAsync(HttpMethod.Post, "/admin/v1/routes/validate", RunningGateway.AdminKey, "{\"ReverseProxy\":{\"Routes\":{},\"Clusters\":{\"c\":{\"Destinations\":{\"d\":{\"Address\":\"https://x.example\"}},\"Metadata\":{\"Upstream.ApiKey\":\"" + RunningGateway.ProviderKey + "\"}}}}}");
        foreach (var path in new[] { "/", "/metrics", "/health/ready", "/health/live", "/admin/sign-in", "/openapi/admin.json", "/gateway/v1/balance" })
            await AskAsync(HttpMethod.Get, path, path.StartsWith("/gateway", StringComparison.Ordinal) ? user : null);
        foreach (var verb in new[] { "doctor", "routes explain POST /v1/chat/completions", "keys list", "stripe reconcile" })
        {
            var said = await Verb.RunAsync(gateway.Folder, new Dictionary<string, string>
            {
                ["OPENAI_API_KEY"] = RunningGateway.ProviderKey, ["OPENAI_BASE_URL"] = gateway.Provider.BaseUrl, ["STRIPE_SECRET_KEY"] = StripeKey, ["STRIPE_WEBHOOK_SECRET"] = WebhookSecret,
                ["Admin__Key"] = RunningGateway.AdminKey, ["ConnectionStrings__Ledger"] = $"Data Source={gateway.Database}", ["Stripe__ApiBase"] = "http://127.0.0.1:1",
            }, verb.Split(' '));
            heard.Add($"{said.Output} {said.Errors}");
        }
        Assert.Equal(3, heard.Count(said => said.Contains(Said, StringComparison.Ordinal)));
        return heard;
    }
}
