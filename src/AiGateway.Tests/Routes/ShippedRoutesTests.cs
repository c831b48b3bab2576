using AiGateway.Pricing;
using AiGateway.Routes;
using AiGateway.Tests.ConfigFiles;
using AiGateway.Usage;

namespace AiGateway.Tests.Routes;

public sealed class ShippedRoutesTests(ShippedRoutesTests.Host host) : IClassFixture<ShippedRoutesTests.Host>
{
    private RoutesGateway Gateway => host.Gateway;

    /// <summary>One host for all of them: nothing here changes it.</summary>
    public sealed class Host : IAsyncLifetime
    {
        private RoutesGateway? _gateway;

        internal RoutesGateway Gateway => _gateway ?? throw new InvalidOperationException("Not started.");

        public async ValueTask InitializeAsync() =>
            _gateway = await RoutesGateway.Start(new RoutesOptions { Path = Shipped.Path("routes.json"), Secret = _ => "sk-test" });

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }

    public static TheoryData<string, string, string?> Calls => new()
    {
        { "POST", "/v1/chat/completions", "chat-completions" },
        { "POST", "/v1/chat/completions/", "chat-completions" },
        { "GET", "/v1/chat/completions", "chat-completions-stored" },
        { "GET", "/v1/chat/completions/chatcmpl-1", "chat-completions-stored" },
        { "POST", "/v1/chat/completions/chatcmpl-1", "chat-completions-stored" },
        { "DELETE", "/v1/chat/completions/chatcmpl-1", "chat-completions-stored" },
        { "GET", "/v1/chat/completions/chatcmpl-1/messages", "chat-completions-stored" },
        { "POST", "/v1/completions", "completions" },
        { "POST", "/v1/responses", "responses" },
        { "GET", "/v1/responses", "responses-websocket" },
        { "POST", "/v1/responses/compact", "responses-compact" },
        { "POST", "/v1/responses/input_tokens", "responses-input-tokens" },
        { "GET", "/v1/responses/resp_1", "responses-stored" },
        { "DELETE", "/v1/responses/resp_1", "responses-stored" },
        { "POST", "/v1/responses/resp_1/cancel", "responses-stored" },
        { "GET", "/v1/responses/resp_1/input_items", "responses-stored" },
        { "POST", "/v1/embeddings", "embeddings" },
        { "POST", "/v1/moderations", "moderations" },
        { "GET", "/v1/models", "models" },
        { "GET", "/v1/models/gpt-4o-mini", "models" },
        { "DELETE", "/v1/models/ft:gpt-4o-mini:org::1", "models-delete" },
        { "POST", "/v1/images/generations", "images-generations" },
        { "POST", "/v1/images/edits", "images-edits" },
        { "POST", "/v1/images/variations", "images-variations" },
        { "POST", "/v1/audio/transcriptions", "audio-transcriptions" },
        { "POST", "/v1/audio/translations", "audio-translations" },
        { "POST", "/v1/audio/speech", "audio-speech" },
        { "GET", "/v1/audio/voices", "audio-voices" },
        { "GET", "/v1/realtime?model=gpt-realtime", "realtime" },
        { "POST", "/v1/realtime/client_secrets", "realtime-client-secrets" },
        { "POST", "/v1/realtime/sessions", "realtime-sessions" },
        { "POST", "/v1/realtime/transcription_sessions", "realtime-transcription-sessions" },
        { "POST", "/v1/realtime/translations/client_secrets", "realtime-translations-client-secrets" },
        { "POST", "/v1/realtime/calls", "realtime-calls" },
        { "POST", "/v1/realtime/calls/rtc_1/accept", "realtime-calls-accept" },
        { "POST", "/v1/realtime/calls/rtc_1/hangup", "realtime-calls-control" },
        { "POST", "/v1/batches", "batches" },
        { "GET", "/v1/batches/batch_1", "batches" },
        { "POST", "/v1/batches/batch_1/cancel", "batches" },
        { "POST", "/v1/files", "files" },
        { "GET", "/v1/files/file-1/content", "files" },
        { "POST", "/v1/uploads/upload_1/parts", "uploads" },
        { "GET", "/v1/fine_tuning/jobs/ftjob-1", "fine-tuning" },
        { "GET", "/v1/evals/eval_1/runs/run_1", "evals-runs" },
        { "GET", "/v1/evals/eval_1", "evals" },
        { "POST", "/v1/assistants", "assistants" },
        { "POST", "/v1/threads", "threads" },
        { "POST", "/v1/threads/runs", "threads-run" },
        { "POST", "/v1/threads/thread_1/messages", "threads" },
        { "GET", "/v1/threads/thread_1/runs/run_1/steps", "threads-runs" },
        { "POST", "/v1/vector_stores/vs_1/search", "vector-stores-search" },
        { "GET", "/v1/vector_stores/vs_1/files", "vector-stores" },
        { "POST", "/v1/containers", "containers-create" },
        { "GET", "/v1/containers/cntr_1/files", "containers" },
        { "POST", "/v1/conversations", "conversations" },
        { "POST", "/v1/videos", "videos" },
        { "GET", "/v1/videos/video_1/content", "videos" },
        { "POST", "/v1/chatkit/sessions", "chatkit-sessions" },
        { "POST", "/v1/something_new", "auto" },
        { "GET", "/v1/something_new/1/of_it", "auto" },
        { "GET", "/v1/organization/usage/completions", null },
        { "GET", "/v1/organization", null },
        { "GET", "/v1/Organization/costs", null },
        { "GET", "/v1/%6Frganization/costs", null },
        { "GET", "/v1//organization/costs", null },
        { "GET", "/v1/x%2F..%2Forganization%2Fcosts", null },
        { "POST", "/v1/projects/organization/admin_api_keys", null },
        { "GET", "/v2/models", null },
        { "POST", "/chat/completions", null },
        { "GET", "/", null },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_takes_the_route_that_names_it(string method, string path, string? route) =>
        Assert.Equal(route, await Gateway.RouteOf(method, path));

    [Theory]
    [MemberData(nameof(Calls))]
    public void Finding_a_route_without_a_request_agrees_with_routing(string method, string path, string? route) =>
        Assert.Equal(route, Gateway.Routes.Current.Find(method, Uri.UnescapeDataString(path.Split('?')[0]))?.RouteId);

    [Theory]
    [InlineData("POST", "/v1/chat/completions", true)]
    [InlineData("POST", "/v1/something_new", false)]
    [InlineData("GET", "/v1/organization/costs", false)]
    public void Only_a_route_that_says_its_endpoint_is_a_named_one(string method, string path, bool named) =>
        Assert.Equal(named, Gateway.Routes.Current.IsNamed(method, path));

    [Fact]
    public void The_nearest_path_to_a_misspelt_one_is_found() =>
        Assert.Equal("/v1/chat/completions", Gateway.Routes.Current.Nearest("/v1/chat/completion"));

    [Theory]
    [InlineData("chat-completions", UsageFormat.OpenAiChat, "chat", 4096, ChargeBy.Tokens)]
    [InlineData("responses", UsageFormat.OpenAiResponses, "chat", 8192, ChargeBy.Tokens)]
    [InlineData("completions", UsageFormat.OpenAiCompletions, "completion", 16, ChargeBy.Tokens)]
    [InlineData("embeddings", UsageFormat.OpenAiEmbeddings, "embedding", 0, ChargeBy.Tokens)]
    [InlineData("images-generations", UsageFormat.OpenAiImages, "image", 8192, ChargeBy.Cost)]
    [InlineData("audio-transcriptions", UsageFormat.OpenAiTranscription, "audio_transcription", 4096, ChargeBy.Cost)]
    [InlineData("audio-speech", UsageFormat.OpenAiSpeech, "audio_speech", 4096, ChargeBy.Cost)]
    [InlineData("videos", UsageFormat.OpenAiJobs, "video", 4096, ChargeBy.Cost)]
    [InlineData("auto", UsageFormat.Auto, "other", 4096, ChargeBy.Tokens)]
    internal void A_route_is_metered_as_the_contract_says(string id, UsageFormat format, string action, long output, ChargeBy chargeBy)
    {
        var route = Gateway.Routes.For(id);
        Assert.Equal((format, action, output, chargeBy), (route.Format, route.Action, route.DefaultMaxOutputTokens, route.ChargeBy));
    }

    [Fact]
    public void Users_may_call_what_makes_something_and_only_apps_what_reaches_stored_objects()
    {
        string[] open =
        [
            "audio-speech", "audio-transcriptions", "audio-translations", "chat-completions", "completions", "embeddings", "images-edits",
            "images-generations", "images-variations", "models", "moderations", "realtime", "realtime-calls", "realtime-client-secrets",
            "realtime-sessions", "realtime-transcription-sessions", "realtime-translations", "realtime-translations-client-secrets",
            "responses", "responses-compact", "responses-input-tokens", "responses-websocket",
        ];
        Assert.Equal(open, Gateway.Routes.Current.Routes.Where(route => route.Access == RouteAccess.Any).Select(route => route.RouteId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_would_bypass_the_meter_is_known_and_off()
    {
        string[] bypasses =
        [
            "chatkit-sessions", "realtime-calls", "realtime-calls-accept", "realtime-client-secrets", "realtime-sessions",
            "realtime-transcription-sessions", "realtime-translations-client-secrets",
        ];
        var routes = Gateway.Routes.Current.Routes;
        Assert.Equal(bypasses, routes.Where(route => route.BypassesMeter).Select(route => route.RouteId).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(routes, route => route.AllowUnmetered);
    }

    [Fact]
    public void The_cluster_waits_11_minutes_and_sends_the_providers_key_as_a_bearer()
    {
        var cluster = Assert.Single(Gateway.Routes.GetConfig().Clusters);
        var upstream = Gateway.Routes.ForCluster(cluster);
        Assert.Equal(TimeSpan.FromMinutes(11), cluster.HttpRequest?.ActivityTimeout);
        Assert.Equal(("sk-test", "Authorization", "Bearer "), (upstream.Default.ApiKey, upstream.Default.AuthHeaderName, upstream.Default.AuthValuePrefix));
    }

    [Fact]
    public void The_shipped_file_has_nothing_to_warn_of() => Assert.Empty(Gateway.Routes.Status.Problems);
}
