using System.Net;
using System.Text;
using System.Text.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Two deployments of one model, the first one sick in one way or another: who gets an answer, how often a provider is asked, and that a call is charged once.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class FailoverTests(TwoDeployments two, ITestOutputHelper output) : IClassFixture<TwoDeployments>
{
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const string AskStream = """{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const int Calls = 4;

    public static TheoryData<string, bool, bool> Faults
    {
        get
        {
            var rows = new TheoryData<string, bool, bool>();
            foreach (var fault in (string[])["refuses", "500", "503", "408", "409", "429 with retry-after", "401", "hangs", "cut before the first byte"])
                foreach (var stream in (bool[])[false, true])
                    rows.Add(fault, stream, true);
            rows.Add("cut after the first byte", false, false);
            rows.Add("cut after the first byte", true, false);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_sick_deployment_is_gone_round_and_each_call_is_charged_once(string fault, bool stream, bool isMended)
    {
        var (user, caller) = await two.NewCallerAsync();
        var (first, second) = (two.First.Count, two.Second.Count);
        two.First.Answer = _ => Sick(fault, stream);
        var good = 0;
        try
        {
            for (var call = 0; call < Calls; call++)
                good += await SucceedsAsync(caller, fault == "refuses" ? TwoDeployments.RefusedPath : CallerClient.ChatPath, stream) ? 1 : 0;
        }
        finally
        {
            two.First.Answer = FakeChat.Answer;
        }
        await two.Gateway.NothingHeldAsync();
        var charges = await two.Gateway.Admin.ChargesAsync(user);
        (first, second) = (two.First.Count - first, two.Second.Count - second);
        var tokens = charges.Sum(row => row.GetProperty("tokens_used").GetInt64());
        output.WriteLine($"| {fault} | {(stream ? "stream" : "JSON")} | {Calls} | {good} | {first} | {second} | {charges.Count} | {tokens} |");

        Assert.Equal(isMended ? Calls : 0, good);
        Assert.Equal(fault == "refuses" ? 0 : Calls, first);
        Assert.Equal(isMended ? Calls : 0, second);
        // Once a call, whatever it took; where the caller got no whole answer, at most once.
        Assert.Equal(charges.Count, charges.Select(row => row.GetProperty("request_id").GetString()).Distinct().Count());
        Assert.InRange(charges.Count, isMended ? Calls : 0, Calls);
        if (isMended)
            Assert.Equal(Calls * FakeChat.TotalTokens, tokens);
    }

    [Fact]
    public async Task What_the_last_deployment_says_passes_as_it_is()
    {
        var (user, caller) = await two.NewCallerAsync();
        two.First.Enqueue(FakeAnswer.Error(500, "server_error", null, "First."));
        var last = FakeAnswer.Error(429, "requests", "rate_limit_exceeded", "Slow down.");
        two.Second.Enqueue(last with { Headers = [.. last.Headers, new("retry-after", "7"), new("x-from", "b")] });
        using var answer = await caller.ChatAsync(Ask);
        Assert.Equal(429, (int)answer.StatusCode);
        Assert.Equal(("7", "b", "req_fake"), (answer.Header("retry-after"), answer.Header("x-from"), answer.Header("x-request-id")));
        Assert.Equal(last.Pieces[0].Bytes, await answer.BytesAsync());
        await two.Gateway.NothingHeldAsync();
        Assert.Empty(await two.Gateway.Admin.ChargesAsync(user));
    }

    [Fact]
    public async Task Headers_of_an_answer_that_was_thrown_away_do_not_reach_the_caller()
    {
        var (_, caller) = await two.NewCallerAsync();
        var sick = FakeAnswer.Error(503, "server_error", null, "Busy.");
        two.First.Enqueue(sick with { Headers = [.. sick.Headers, new("x-of-the-first", "1"), new("Set-Cookie", "a=b")] });
        using var answer = await caller.ChatAsync(Ask);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Null(answer.Header("x-of-the-first"));
        Assert.Null(answer.Header("Set-Cookie"));
    }

    [Fact]
    public async Task Each_deployment_gets_its_own_key_headers_and_name_of_the_model_and_the_same_body_otherwise()
    {
        var (_, caller) = await two.NewCallerAsync();
        two.First.Enqueue(FakeAnswer.Error(500, "server_error", null, "Broken."));
        using var answer = await caller.ChatAsync(AskStream);
        Assert.Equal(string.Concat(FakeChat.Stream(withUsage: false)), Encoding.UTF8.GetString(await answer.BytesAsync()));
        var (a, b) = (two.First.Requests[^1], two.Second.Requests[^1]);
        Assert.Equal(("Bearer key-of-a", null, "proj_a"), (a.Header("Authorization"), a.Header("api-key"), a.Header("OpenAI-Project")));
        Assert.Equal((null, "key-of-b", null), (b.Header("Authorization"), b.Header("api-key"), b.Header("OpenAI-Project")));
        Assert.True(a.Json.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        Assert.Equal(a.Text.Replace("\"gpt-4o\"", "\"deployment-b\"", StringComparison.Ordinal), b.Text);
    }

    [Fact]
    public async Task An_alias_goes_up_as_the_model_it_stands_for_and_the_answers_bytes_stay()
    {
        var (user, caller) = await two.NewCallerAsync();
        using var answer = await caller.ChatAsync(Ask.Replace("gpt-4o", "fast", StringComparison.Ordinal));
        Assert.Equal(FakeChat.Whole, Encoding.UTF8.GetString(await answer.BytesAsync()));
        Assert.Equal(Ask.Replace("gpt-4o", "gpt-4o-mini", StringComparison.Ordinal), two.First.Requests[^1].Text);
        Assert.Equal("gpt-4o-2024-08-06", Assert.Single(await two.Gateway.Admin.ChargesAsync(user, 1)).GetProperty("openai_model").GetString());
    }

    [Fact]
    public async Task A_model_leads_to_its_cluster()
    {
        var (_, caller) = await two.NewCallerAsync();
        var (first, second) = (two.First.Count, two.Second.Count);
        using var answer = await caller.ChatAsync(Ask.Replace("gpt-4o", "other", StringComparison.Ordinal));
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal((first, second + 1), (two.First.Count, two.Second.Count));
        Assert.Equal("elsewhere-1", two.Second.Requests[^1].Json.GetProperty("model").GetString());
        Assert.Equal("Bearer key-of-b", two.Second.Requests[^1].Header("Authorization"));
    }

    [Fact]
    public async Task A_form_goes_up_twice_with_its_models_name_exchanged()
    {
        var (_, caller) = await two.NewCallerAsync();
        two.First.Enqueue(FakeAnswer.Error(500, "server_error", null, "Broken."));
        two.Second.Enqueue(FakeAnswer.Json("""{"text":"Hello","usage":{"type":"duration","seconds":2}}"""));
        using var form = new MultipartFormDataContent("the-boundary")
        {
            { new ByteArrayContent(new byte[100_000]), "file", "sound.wav" },
            { new StringContent("hear"), "model" },
        };
        var request = caller.Request(HttpMethod.Post, "/v1/audio/transcriptions");
        request.Content = form;
        using var answer = await caller.SendAsync(request);
        Assert.Equal(200, (int)answer.StatusCode);
        var (a, b) = (two.First.Requests[^1], two.Second.Requests[^1]);
        Assert.Contains("\r\n\r\nwhisper-1\r\n", a.Text, StringComparison.Ordinal);
        Assert.Equal(a.Text.Replace("whisper-1", "deployment-b", StringComparison.Ordinal), b.Text);
        Assert.Equal($"{b.Body.Length}", b.Header("Content-Length"));
    }

    [Theory]
    [InlineData("GET", "/v1/models", null)]
    [InlineData("POST", "/v1/moderations", """{"input":"Hello"}""")]
    public async Task Calls_that_take_no_hold_are_gone_round_too(string method, string path, string? body)
    {
        var (_, caller) = await two.NewCallerAsync();
        two.First.Enqueue(FakeAnswer.Error(502, "server_error", null, "Broken."));
        two.Second.Enqueue(FakeAnswer.Json("""{"data":[]}"""));
        using var answer = await caller.SendAsync(caller.Request(new HttpMethod(method), path, body));
        Assert.Equal("""{"data":[]}""", Encoding.UTF8.GetString(await answer.BytesAsync()));
        Assert.Equal(body ?? "", two.Second.Requests[^1].Text);
    }

    [Fact]
    public async Task A_failed_try_that_was_billed_is_cost_and_nobodys_tokens()
    {
        var (user, caller) = await two.NewCallerAsync();
        const string billed = """{"error":{"message":"Broken.","type":"server_error","param":null,"code":null},"model":"gpt-4o-2024-08-06","usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}}""";
        using (var plain = await caller.ChatAsync(Ask))
            Assert.Equal(200, (int)plain.StatusCode);
        two.First.Enqueue(FakeAnswer.Json(billed, 500));
        using (var mended = await caller.ChatAsync(Ask))
            Assert.Equal(FakeChat.TotalTokens, mended.Number("X-AiGateway-Tokens-Used"));
        two.First.Enqueue(FakeAnswer.Json(billed, 500));
        two.Second.Enqueue(FakeAnswer.Error(500, "server_error", null, "Broken too."));
        using (var failed = await caller.ChatAsync(Ask))
            Assert.Equal(500, (int)failed.StatusCode);

        var rows = await two.Gateway.Admin.ChargesAsync(user, 3);
        // 1,000 of input and 100 of output of gpt-4o: 2.5 and 10 USD per million.
        const long billedCost = 3_500_000;
        var costs = rows.Select(row => (Tokens: row.GetProperty("tokens_used").GetInt64(), Cost: row.GetProperty("cost_nano_usd").GetInt64())).ToList();
        var one = costs.Where(row => row.Tokens > 0).Min(row => row.Cost);
        Assert.Equal([(0, billedCost), (FakeChat.TotalTokens, one), (FakeChat.TotalTokens, one + billedCost)], costs.Order());
        Assert.Equal(1_000_000 - 2 * FakeChat.TotalTokens, await two.Gateway.Admin.TokensOfAsync(user));
        await two.Gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task Weights_share_the_calls_and_a_deployment_that_keeps_failing_rests()
    {
        var (_, caller) = await two.NewCallerAsync();
        var (first, second) = (two.First.Count, two.Second.Count);
        for (var call = 0; call < 40; call++)
            Assert.True(await SucceedsAsync(caller, TwoDeployments.WeightedPath, stream: false));
        Assert.InRange(two.First.Count - first, 28, 32);
        Assert.InRange(two.Second.Count - second, 8, 12);

        two.First.Answer = _ => FakeAnswer.Error(500, "server_error", null, "Broken.");
        try
        {
            first = two.First.Count;
            await Eventually.TrueAsync(async () =>
            {
                Assert.True(await SucceedsAsync(caller, TwoDeployments.WeightedPath, stream: false));
                return two.First.Count - first >= 2;
            }, "the first has failed twice");
            // Health is passed on behind the call: from some call on, within its rest of two seconds, none is sent there.
            await Eventually.TrueAsync(async () =>
            {
                var before = two.First.Count;
                for (var call = 0; call < 12; call++)
                    Assert.True(await SucceedsAsync(caller, TwoDeployments.WeightedPath, stream: false));
                return two.First.Count == before;
            }, "the first is left alone");
        }
        finally
        {
            two.First.Answer = FakeChat.Answer;
        }
        await Eventually.TrueAsync(async () =>
        {
            var before = two.First.Count;
            Assert.True(await SucceedsAsync(caller, TwoDeployments.WeightedPath, stream: false));
            return two.First.Count > before;
        }, "the first is tried again after its rest");
    }

    private static FakeAnswer Sick(string fault, bool stream) => fault switch
    {
        "hangs" => FakeAnswer.Json("{}") with { BeforeHeaders = new Gate() },
        "cut before the first byte" => FakeAnswer.Of(stream ? "text/event-stream" : "application/json", 200) with { IsCut = true },
        "cut after the first byte" when stream => FakeAnswer.Events(FakeChat.Stream(withUsage: false).Take(3).Select(each => FakePiece.Of(each))) with { IsCut = true },
        "cut after the first byte" => FakeAnswer.Of("application/json", 200, FakePiece.Of(FakeChat.Whole[..40])) with { IsCut = true },
        "429 with retry-after" => FakeAnswer.Error(429, "requests", "rate_limit_exceeded", "Slow down.") is var slow ? slow with { Headers = [.. slow.Headers, new("retry-after", "20")] } : throw new JsonException(),
        "refuses" => FakeAnswer.Json("{}"),
        _ => FakeAnswer.Error(int.Parse(fault, System.Globalization.CultureInfo.InvariantCulture), "server_error", null, "Broken."),
    };

    /// <summary>Whether the caller got a whole, good answer.</summary>
    private static async Task<bool> SucceedsAsync(CallerClient caller, string path, bool stream)
    {
        try
        {
            using var answer = await caller.SendAsync(caller.Request(HttpMethod.Post, path, stream ? AskStream : Ask));
            var text = Encoding.UTF8.GetString(await answer.BytesAsync());
            return answer.StatusCode == HttpStatusCode.OK && text == (stream ? string.Concat(FakeChat.Stream(withUsage: false)) : FakeChat.Whole);
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException)
        {
            return false;
        }
    }
}
