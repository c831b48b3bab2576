using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using AiGateway.Tests.Architecture;
using AiGateway.Tests.ConfigFiles;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>What dashboards and alarms ask for is really there, and says nothing that it should not.</summary>
[Collection(EndToEndGroup.Name)]
public sealed partial class MetricsTests(MeasuredGateway measured) : IClassFixture<MeasuredGateway>
{
    private const string Alarms = "deploy/prometheus/alerts.yml";

    [Theory]
    [InlineData(Alarms)]
    [InlineData("deploy/grafana/dashboards/operations.json")]
    [InlineData("deploy/grafana/dashboards/business.json")]
    public void Every_metric_of_a_dashboard_or_alarm_was_emitted(string file)
    {
        var asked = Metric().Matches(Repository.Read(file)).Select(match => match.Value).Distinct().ToList();
        Assert.NotEmpty(asked);
        Offences.None(asked.Where(name => !measured.Series.Contains(name)).Select(name => $"{file}: {name}"));
    }

    [Fact]
    public void Every_instrument_is_shown_somewhere_or_in_the_document()
    {
        var document = Repository.Read("docs/operations.md");
        var families = measured.Text.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2])
            .Where(name => name.StartsWith("aigateway_", StringComparison.Ordinal) || name.StartsWith("gen_ai_", StringComparison.Ordinal));
        var plain = document.Replace("`, `.", "`, `aigateway.holds.", StringComparison.Ordinal);
        Offences.None(families.Where(name => !Dotted().Matches(plain).Any(match => name.StartsWith(match.Value.Replace('.', '_'), StringComparison.Ordinal))));
    }

    [Fact]
    public void Every_alarm_has_its_line_in_the_document()
    {
        var document = Repository.Read("docs/operations.md");
        var alarms = Alarm().Matches(Repository.Read(Alarms)).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(alarms);
        Offences.None(alarms.Where(alarm => !document.Contains($"\n| `{alarm}` | ", StringComparison.Ordinal)));
        Offences.None(Row().Matches(document).Select(match => match.Groups[1].Value).Where(row => !alarms.Contains(row)).Select(row => $"{row} is described, and no rule raises it"));
    }

    [Fact]
    public void A_user_a_key_and_a_text_are_on_no_metric()
    {
        foreach (var planted in (string[])[MeasuredGateway.User, measured.Key, MeasuredGateway.Secret, RunningGateway.ProviderKey, RunningGateway.AdminKey])
            Assert.DoesNotContain(planted, measured.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_through_a_proxy_has_no_leave_to_read_them()
    {
        using var ask = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "X-Forwarded-For", "203.0.113.7" } } };
        using var answer = await measured.Gateway.Process.Client.SendAsync(ask, TestContext.Current.CancellationToken);
        Assert.Equal((System.Net.HttpStatusCode.Unauthorized, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public void A_model_that_callers_make_up_is_no_label_of_calls() =>
        Assert.DoesNotContain($"gen_ai_request_model=\"{MeasuredGateway.UnknownModel}\"", measured.Text, StringComparison.Ordinal);

    [Fact]
    public void Charged_tokens_are_those_of_the_rows() =>
        Assert.Contains(measured.Text.Split('\n'), line => line.StartsWith("aigateway_tokens_charged_total{", StringComparison.Ordinal) && line.EndsWith($" {measured.Charged}", StringComparison.Ordinal));

    [Fact]
    public async Task A_calls_spans_arrive_by_otlp() =>
        await Eventually.TrueAsync(() => ((string[])["POST", "hold", "chat gpt-4o-mini", "settle", "aigateway.request_id", "gen_ai.usage.input_tokens"]).All(measured.Sink.Sent("/v1/traces").Contains), "the spans of a call have come");

    [Fact]
    public void What_is_sent_by_otlp_holds_no_secret()
    {
        foreach (var planted in (string[])[measured.Key, MeasuredGateway.Secret, RunningGateway.ProviderKey, RunningGateway.AdminKey])
            Assert.DoesNotContain(planted, measured.Sink.Sent("/v1/"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_log_holds_no_secret_and_no_text()
    {
        Assert.NotEqual(0, measured.Gateway.Process.Wrote(MeasuredGateway.User));
        foreach (var planted in (string[])[measured.Key, MeasuredGateway.Secret, RunningGateway.ProviderKey, RunningGateway.AdminKey])
            Assert.Equal(0, measured.Gateway.Process.Wrote(planted));
    }

    [Fact]
    public void No_trace_header_goes_up() =>
        Assert.All(measured.Gateway.Provider.Requests, request => Assert.DoesNotContain(request.Headers, header => header.Key.StartsWith("trace", StringComparison.OrdinalIgnoreCase)));

    [GeneratedRegex(@"\b(aigateway|gen_ai|dotnet)_[a-z0-9_]+_(total|bucket|sum|count|bytes|seconds|active|tokens|depth|drift)\b|\baigateway_unsettled\b")]
    private static partial Regex Metric();

    [GeneratedRegex(@"\b(aigateway|gen_ai)(\.[a-z_]+)+")]
    private static partial Regex Dotted();

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alarm();

    [GeneratedRegex(@"(?<=What each alarm means[\s\S]*)^\| `([A-Z]\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}

/// <summary>A gateway to which each thing has happened once that is counted, and what its /metrics said then.</summary>
public sealed partial class MeasuredGateway : IAsyncLifetime
{
    internal const string User = "user-that-is-no-label", Secret = "a-sentence-nobody-may-read", UnknownModel = "made-up-model-7";

    private RunningGateway? gateway;
    private SpanSink? sink;

    internal RunningGateway Gateway => gateway ?? throw new InvalidOperationException("Not started.");

    internal SpanSink Sink => sink ?? throw new InvalidOperationException("Not started.");

    internal string Text { get; private set; } = "";

    /// <summary>Names as they are asked for: of counters with _total, of histograms with _bucket, _sum and _count.</summary>
    internal HashSet<string> Series { get; private set; } = [];

    internal string Key { get; private set; } = "";

    internal long Charged { get; private set; }

    public async ValueTask InitializeAsync()
    {
        sink = await SpanSink.StartAsync();
        var settings = RunningGateway.WithoutHourlyLimit();
        settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = sink.Url;
        settings["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        settings["OTEL_BSP_SCHEDULE_DELAY"] = "200";
        gateway = await RunningGateway.StartAsync(settings, prepare: Shipped.CopyTo);
        var key = await gateway.NewUserAsync(User, 1_000_000);
        Key = key.Secret;
        var caller = gateway.Caller(key);
        await AskAsync(caller, "gpt-4o-mini");
        gateway.Provider.Enqueue(FakeAnswer.Json($$$"""{"object":"chat.completion","model":"{{{UnknownModel}}}","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"""));
        await AskAsync(caller, UnknownModel);
        await AskAsync(gateway.Caller(new MadeKey("none", "agw_usr_none_none")), "gpt-4o-mini");
        Charged = (await gateway.Admin.ChargesAsync(User, 2)).Sum(row => row.GetProperty("tokens_used").GetInt64());
        await FailAsync(caller);
        await BuyAsync(caller);
        Edit("prices.json", text => text + "\n");
        await Eventually.TrueAsync(async () => Complete(await ReadAsync()), "everything that happened is on /metrics");
    }

    public async ValueTask DisposeAsync()
    {
        if (gateway is not null)
            await gateway.DisposeAsync();
        if (sink is not null)
            await sink.DisposeAsync();
    }

    private static async Task AskAsync(CallerClient caller, string model)
    {
        using var answer = await caller.ChatAsync($$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{Secret}}"}]}""");
        await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private async Task FailAsync(CallerClient caller)
    {
        Gateway.Provider.Enqueue(new FakeAnswer { Status = 500, Pieces = [new("{}"u8.ToArray())] });
        await AskAsync(caller, "gpt-4o-mini");
    }

    /// <summary>An event of Stripe's, by way of the demo checkout.</summary>
    private async Task BuyAsync(CallerClient caller)
    {
        using var wish = await caller.SendAsync(caller.Request(HttpMethod.Post, "/gateway/v1/checkout", """{"pack":"small"}"""));
        var url = (await wish.Content.ReadFromJsonAsync<Dictionary<string, string>>(TestContext.Current.CancellationToken))?["url"] ?? "";
        using var paid = await Gateway.Process.Client.PostAsync(new Uri(url).AbsolutePath + "/pay", null, TestContext.Current.CancellationToken);
    }

    private async Task<string> ReadAsync()
    {
        Text = await Gateway.Process.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Series = [.. Text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('{', ' ')[0])];
        return Text;
    }

    private static bool Complete(string text) =>
        text.Contains("aigateway_stripe_events_total", StringComparison.Ordinal) && text.Contains("aigateway_refusals_total", StringComparison.Ordinal)
        && text.Contains("error_type=\"500\"", StringComparison.Ordinal) && Taken().IsMatch(text);

    private void Edit(string file, Func<string, string> edit)
    {
        var path = Path.Combine(Gateway.Folder, "config", file);
        File.WriteAllText(path, edit(File.ReadAllText(path)), Encoding.UTF8);
    }

    [GeneratedRegex("aigateway_config_reload_total\\{[^}]*file=\"prices\",result=\"taken\"\\} 1")]
    private static partial Regex Taken();
}
