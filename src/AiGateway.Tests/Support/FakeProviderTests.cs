using System.Text;

namespace AiGateway.Tests.Support;

/// <summary>The tests' own provider does what the tests rely on.</summary>
public sealed class FakeProviderTests
{
    [Fact]
    public async Task It_keeps_a_request_exactly_as_it_came()
    {
        await using var provider = await FakeProvider.StartAsync();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, provider.BaseUrl + "/x%2Fy?a=%20b") { Content = new ByteArrayContent([1, 0, 255]) };
        request.Headers.Add("X-Odd", "as It IS");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var kept = Assert.Single(provider.Requests);
        Assert.Equal("/v1/x%2Fy?a=%20b", kept.RawTarget);
        Assert.Equal([1, 0, 255], kept.Body);
        Assert.Equal("as It IS", kept.Header("x-odd"));
    }

    [Fact]
    public async Task It_stalls_until_a_gate_opens_and_counts_who_waits()
    {
        await using var provider = await FakeProvider.StartAsync();
        var gate = new Gate();
        provider.Answer = _ => FakeAnswer.Json("{}") with { BeforeHeaders = gate };
        using var client = new HttpClient();
        var calls = Enumerable.Range(0, 5).Select(_ => client.GetByteArrayAsync(provider.BaseUrl, TestContext.Current.CancellationToken)).ToList();
        await Eventually.TrueAsync(() => provider.Running == 5, "five are waiting");
        Assert.DoesNotContain(calls, call => call.IsCompleted);
        gate.Open();
        await Task.WhenAll(calls);
        Assert.Equal(5, provider.MostAtOnce);
        await Eventually.TrueAsync(() => provider.Running == 0, "nobody is waiting");
    }

    [Fact]
    public async Task Pieces_arrive_one_by_one_and_a_cut_is_seen()
    {
        await using var provider = await FakeProvider.StartAsync();
        var gate = new Gate();
        provider.Enqueue(FakeAnswer.Events(FakePiece.Of("one"), FakePiece.Of("two", gate)) with { IsCut = true });
        using var client = new HttpClient();
        await using var stream = await client.GetStreamAsync(provider.BaseUrl, TestContext.Current.CancellationToken);
        var buffer = new byte[64];
        Assert.Equal("one", Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, TestContext.Current.CancellationToken)));
        gate.Open();
        var seen = new MemoryStream();
        var cut = await Record.ExceptionAsync(() => stream.CopyToAsync(seen, TestContext.Current.CancellationToken));
        Assert.True(cut is HttpRequestException or IOException, $"The body ended as if it were whole: {cut}");
        Assert.Equal("two", Encoding.UTF8.GetString(seen.ToArray()));
    }

    [Fact]
    public async Task It_tells_when_the_other_side_left_first()
    {
        await using var provider = await FakeProvider.StartAsync();
        provider.Answer = _ => FakeAnswer.Json("{}") with { BeforeHeaders = new Gate() };
        using var leave = new CancellationTokenSource();
        using var client = new HttpClient();
        var call = client.GetAsync(provider.BaseUrl, leave.Token);
        await Eventually.TrueAsync(() => provider.Count == 1, "the call arrived");
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.False(await Eventually.EndsAsync(provider.Requests[0].Ended, "the provider noticed"));
    }

    [Fact]
    public async Task It_replays_a_recorded_answer_to_the_byte()
    {
        var corpus = Path.Combine(RepositoryRoot.Find(), "..", "shared", "corpus");
        Assert.SkipUnless(Directory.Exists(corpus), $"No recorded exchanges at {corpus}.");
        var folder = Directory.GetDirectories(corpus, "*chat-completions-openai-sse*").Order(StringComparer.Ordinal).First();
        await using var provider = await FakeProvider.StartAsync();
        provider.Enqueue(FakeAnswer.Recorded(folder));
        using var client = new HttpClient();
        Assert.Equal(
            await File.ReadAllBytesAsync(Path.Combine(folder, "response.sse"), TestContext.Current.CancellationToken),
            await client.GetByteArrayAsync(provider.BaseUrl, TestContext.Current.CancellationToken));
    }
}
