using System.Text;
using AiGateway.Tests.ConfigFiles;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Where a route enforces its holds, the provider is told the limit that was held for, and nothing else of the body changes.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class EnforceHoldTests(EnforceHoldTests.Enforcing shared) : IClassFixture<EnforceHoldTests.Enforcing>
{
    private readonly string anna = shared.NextUser();

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"gpt-4o","messages":[] }""", """{"model":"gpt-4o","messages":[] ,"max_completion_tokens":4096}""")]
    [InlineData("/v1/chat/completions", """{"model":"gpt-4o","stream":true,"messages":[]}""", """{"model":"gpt-4o","stream":true,"messages":[],"stream_options":{"include_usage":true},"max_completion_tokens":4096}""")]
    [InlineData("/v1/chat/completions", """{"stream_options":{},"model":"gpt-4o","stream":true,"messages":[]}""", """{"stream_options":{"include_usage":true},"model":"gpt-4o","stream":true,"messages":[],"max_completion_tokens":4096}""")]
    [InlineData("/v1/chat/completions", """{"model":"fast","messages":[]}""", """{"model":"gpt-4o-mini","messages":[],"max_completion_tokens":4096}""")]
    [InlineData("/v1/chat/completions", """{"model":"gpt-4o","max_completion_tokens":null,"messages":[]}""", """{"model":"gpt-4o","max_completion_tokens":null,"messages":[],"max_completion_tokens":4096}""")]
    [InlineData("/v1/chat/completions", """{"model":"gpt-4o","messages":[],"max_tokens":7}""", null)]
    [InlineData("/v1/chat/completions", """{"model":"gpt-4o","messages":[],"max_completion_tokens":1,"max_completion_tokens":null}""", """{"model":"gpt-4o","messages":[],"max_completion_tokens":1,"max_completion_tokens":null,"max_completion_tokens":4096}""")]
    [InlineData("/v1/chat/completions", """{"model":"gpt-4o","messages":[],"max_completion_tokens":null,"max_completion_tokens":1}""", """{"model":"gpt-4o","messages":[],"max_completion_tokens":null,"max_completion_tokens":1,"max_completion_tokens":4096}""")]
    [InlineData("/v1/completions", """{"model":"gpt-4o","prompt":"x","max_tokens":1,"max_tokens":null}""", """{"model":"gpt-4o","prompt":"x","max_tokens":1,"max_tokens":null,"max_tokens":16}""")]
    [InlineData("/v1/completions", """{"model":"gpt-4o","prompt":"x","max_tokens":null,"max_tokens":1}""", """{"model":"gpt-4o","prompt":"x","max_tokens":null,"max_tokens":1,"max_tokens":16}""")]
    [InlineData("/v1/responses", """{"model":"gpt-4o","input":"x","max_output_tokens":1,"max_output_tokens":null}""", """{"model":"gpt-4o","input":"x","max_output_tokens":1,"max_output_tokens":null,"max_output_tokens":8192}""")]
    [InlineData("/v1/responses", """{"model":"gpt-4o","input":"x","max_output_tokens":null,"max_output_tokens":1}""", """{"model":"gpt-4o","input":"x","max_output_tokens":null,"max_output_tokens":1,"max_output_tokens":8192}""")]
    [InlineData("/v1/chat/completions", """{"model":"gpt-4o","messages":[],"max_completion_tokens":5000,"max_completion_tokens":null}""", """{"model":"gpt-4o","messages":[],"max_completion_tokens":5000,"max_completion_tokens":null,"max_completion_tokens":5000}""")]
    [InlineData("/v1/completions", """{"model":"gpt-4o","prompt":"x"}""", """{"model":"gpt-4o","prompt":"x","max_tokens":16}""")]
    [InlineData("/v1/responses", """{"model":"gpt-4o","input":"x"}""", """{"model":"gpt-4o","input":"x","max_output_tokens":8192}""")]
    [InlineData("/v1/responses", """{"model":"gpt-4o","input":"x","max_output_tokens":9}""", null)]
    [InlineData("/v1/embeddings", """{"model":"text-embedding-3-small","input":"x"}""", null)]
    public async Task A_call_without_a_limit_of_its_own_goes_up_with_the_one_that_was_held_for(string path, string sent, string? up)
    {
        var gateway = shared.Fresh();
        var caller = gateway.Caller(await gateway.NewUserAsync(anna, 100_000));
        using var answer = await caller.SendAsync(caller.Request(HttpMethod.Post, path, sent));
        await answer.BytesAsync();
        var request = gateway.Provider.Requests.Single();
        Assert.Equal(up ?? sent, request.Text);
        Assert.Equal($"{Encoding.UTF8.GetByteCount(up ?? sent)}", request.Header("Content-Length"));
        await gateway.NothingHeldAsync();
    }

    /// <summary>The shipped routes, enforced, and a name for one of the models.</summary>
    public sealed class Enforcing : SharedGateway
    {
        private const string Kind = "\"Metering.Kind\": \"openai.";

        private protected override Task<RunningGateway> StartAsync() => RunningGateway.StartAsync(prepare: folder =>
        {
            var routes = File.ReadAllText(Shipped.Path("routes.json"));
            foreach (var kind in (string[])["chat", "completions", "responses", "embeddings"])
                routes = routes.Replace($"{Kind}{kind}\"", $"\"Metering.EnforceHold\": \"true\", \"Metering.Aliases\": \"fast=gpt-4o-mini\", {Kind}{kind}\"", StringComparison.Ordinal);
            Shipped.CopyTo(folder, routes);
        });
    }
}
