using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Demo;

public sealed class DemoEndpointTests : IAsyncLifetime
{
    private DemoBench? started;

    private DemoBench Demo => started ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() => started = await DemoBench.StartAsync();

    public ValueTask DisposeAsync() => Demo.DisposeAsync();

    [Fact]
    public async Task Models_are_listed_and_any_name_is_found_alone()
    {
        using var list = await Demo.Client.GetAsync("v1/models", TestContext.Current.CancellationToken);
        Assert.Contains((await list.JsonAsync()).GetProperty("data").EnumerateArray(), model => model.GetProperty("id").GetString() == "demo-cut");
        using var one = await Demo.Client.GetAsync("v1/models/some-name", TestContext.Current.CancellationToken);
        Assert.Equal("some-name", (await one.JsonAsync()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_unknown_url_is_the_providers_404()
    {
        using var answer = await Demo.PostAsync("v1/nothing", "{}");
        Assert.Equal(404, (int)answer.StatusCode);
        Assert.Equal("Invalid URL (POST /v1/nothing)", (await answer.JsonAsync()).GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Completions_stop_at_sixteen_tokens_and_count_best_of()
    {
        var answer = await Demo.JsonAsync("v1/completions", """{"model":"gpt-3.5-turbo-instruct","prompt":["one","two"],"best_of":3}""");
        Assert.Equal(2, answer.GetProperty("choices").GetArrayLength());
        Assert.Equal(2 * 3 * 16, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt64());
    }

    [Fact]
    public async Task A_completions_stream_ends_with_usage_only_where_asked()
    {
        var silent = await Demo.EventsAsync("v1/completions", """{"model":"m","prompt":"one","stream":true}""");
        Assert.DoesNotContain(silent, each => each.Contains("usage", StringComparison.Ordinal));
        var told = await Demo.EventsAsync("v1/completions", """{"model":"m","prompt":"one","stream":true,"stream_options":{"include_usage":true}}""");
        Assert.Equal(16, JsonDocument.Parse(told[^2]).RootElement.GetProperty("usage").GetProperty("completion_tokens").GetInt64());
    }

    [Theory]
    [InlineData("", "completed")]
    [InlineData(",\"max_output_tokens\":4", "incomplete")]
    public async Task A_responses_stream_ends_in_the_whole_response_with_usage(string more, string status)
    {
        var whole = await Demo.JsonAsync("v1/responses", $$"""{"model":"gpt-4o","input":"Hello"{{more}}}""");
        var events = (await Demo.EventsAsync("v1/responses", $$"""{"model":"gpt-4o","input":"Hello","stream":true{{more}}}""")).Select(each => JsonDocument.Parse(each).RootElement).ToList();
        Assert.Equal($"response.{status}", events[^1].GetProperty("type").GetString());
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(each => each.GetProperty("sequence_number").GetInt32()));
        Assert.Equal(JsonValueKind.Null, events[0].GetProperty("response").GetProperty("usage").ValueKind);
        Assert.Equal(status, whole.GetProperty("status").GetString());
        Assert.Equal(
            whole.GetProperty("usage").GetProperty("total_tokens").GetInt64(),
            events[^1].GetProperty("response").GetProperty("usage").GetProperty("total_tokens").GetInt64());
    }

    [Fact]
    public async Task Embeddings_are_of_length_one_in_both_encodings()
    {
        var floats = await Demo.JsonAsync("v1/embeddings", """{"model":"text-embedding-3-small","input":["a","b"],"dimensions":8}""");
        var vector = floats.GetProperty("data")[1].GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()).ToArray();
        Assert.Equal(8, vector.Length);
        Assert.Equal(1f, vector.Sum(value => value * value), 3);
        var packed = await Demo.JsonAsync("v1/embeddings", """{"model":"text-embedding-3-small","input":["a","b"],"dimensions":8,"encoding_format":"base64"}""");
        var bytes = packed.GetProperty("data")[1].GetProperty("embedding").GetBytesFromBase64();
        Assert.Equal(vector, Enumerable.Range(0, 8).Select(at => BitConverter.ToSingle(bytes, at * sizeof(float))));
        Assert.Equal(2, packed.GetProperty("usage").GetProperty("total_tokens").GetInt64());
    }

    [Fact]
    public async Task Moderations_have_no_usage()
    {
        var answer = await Demo.JsonAsync("v1/moderations", """{"input":["a","b"]}""");
        Assert.Equal(2, answer.GetProperty("results").GetArrayLength());
        Assert.False(answer.TryGetProperty("usage", out _));
    }

    [Fact]
    public async Task Gpt_images_report_usage_and_dall_e_gives_addresses_that_open()
    {
        var gpt = await Demo.JsonAsync("v1/images/generations", """{"model":"gpt-image-1","prompt":"a cat","n":2,"quality":"low"}""");
        Assert.Equal(544, gpt.GetProperty("usage").GetProperty("output_tokens").GetInt64());
        var dalle = await Demo.JsonAsync("v1/images/generations", """{"model":"dall-e-3","prompt":"a cat"}""");
        Assert.False(dalle.TryGetProperty("usage", out _));
        using var browser = new HttpClient();
        var picture = await browser.GetByteArrayAsync(dalle.GetProperty("data")[0].GetProperty("url").GetString(), TestContext.Current.CancellationToken);
        Assert.Equal("PNG"u8.ToArray(), picture[1..4]);
    }

    [Theory]
    [InlineData("whisper-1", "json", "\"type\": \"duration\"", "\"seconds\": 3")]
    [InlineData("gpt-4o-mini-transcribe", "json", "\"type\": \"tokens\"", "\"total_tokens\": 36")]
    [InlineData("whisper-1", "text", "Hello from the demo provider.", "")]
    [InlineData("whisper-1", "srt", "00:00:00,000 --> 00:00:03,000", "")]
    [InlineData("whisper-1", "vtt", "00:00:00.000 --> 00:00:03.000", "")]
    public async Task Transcription_answers_every_format(string model, string format, string expected, string usage)
    {
        var text = await TranscribeAsync(("model", model), ("response_format", format));
        Assert.Contains(expected, text);
        Assert.Contains(usage, text);
        Assert.Equal(usage.Length > 0, text.Contains("usage", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_streamed_transcription_has_usage_in_its_last_event()
    {
        var text = await TranscribeAsync(("model", "gpt-4o-transcribe"), ("stream", "true"));
        Assert.EndsWith("\"output_tokens\":6}}\r\n\r\ndata: [DONE]\r\n\r\n", text);
    }

    [Fact]
    public async Task Speech_is_sound_without_usage_and_events_with_it()
    {
        using var answer = await Demo.PostAsync("v1/audio/speech", """{"model":"tts-1","voice":"alloy","input":"Hello"}""");
        Assert.Equal("audio/mpeg", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal([0xff, 0xfb], (await answer.BytesAsync())[..2]);
        var events = await Demo.EventsAsync("v1/audio/speech", """{"model":"gpt-4o-mini-tts","voice":"alloy","input":"Hello","stream_format":"sse"}""");
        Assert.Equal(12, JsonDocument.Parse(events[^2]).RootElement.GetProperty("usage").GetProperty("total_tokens").GetInt64());
    }

    private async Task<string> TranscribeAsync(params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
            form.Add(new StringContent(value, Encoding.UTF8), name);
        form.Add(new ByteArrayContent(new byte[45_444]) { Headers = { ContentType = new MediaTypeHeaderValue("audio/mpeg") } }, "file", "hello.mp3");
        using var answer = await Demo.Client.PostAsync("v1/audio/transcriptions", form, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
