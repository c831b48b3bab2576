using System.Text;
using AiGateway.Tests.Support;
using Stripe;
using Disk = System.IO.File;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Secrets that lie in files are changed while calls run.</summary>
[Collection(PatientGroup.Name)]
public sealed class SecretRotationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_in_a_file_is_changed_without_a_restart()
    {
        using var secrets = new TempFolder();
        var (provider, webhook) = (secrets.File("provider"), secrets.File("webhook"));
        await Disk.WriteAllTextAsync(provider, "sk-first", Cancel);
        await Disk.WriteAllTextAsync(webhook, "whsec_first", Cancel);
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string>
        {
            ["OPENAI_API_KEY"] = "", ["OPENAI_API_KEY_FILE"] = provider, ["STRIPE_WEBHOOK_SECRET_FILE"] = webhook,
        });
        var caller = gateway.Caller(await gateway.NewUserAsync("anna", 1_000_000));
        Assert.Equal("Bearer sk-first", await GoesUpWithAsync(gateway, caller));
        Assert.Equal((200, 400), (await PostAsync(gateway, "whsec_first"), await PostAsync(gateway, "whsec_second")));

        await Disk.WriteAllTextAsync(provider, "sk-second\n", Cancel);
        await Disk.WriteAllTextAsync(webhook, "whsec_second,whsec_first", Cancel);
        await Eventually.TrueAsync(async () => await PostAsync(gateway, "whsec_second") == 200, "the new webhook secret is believed");
        Assert.Equal(200, await PostAsync(gateway, "whsec_first"));
        await Eventually.TrueAsync(async () => await GoesUpWithAsync(gateway, caller) == "Bearer sk-second", "calls go up with the new key");

        await Disk.WriteAllTextAsync(webhook, "whsec_second", Cancel);
        await Eventually.TrueAsync(async () => await PostAsync(gateway, "whsec_first") == 400, "the old webhook secret is not believed any more");
        Disk.Delete(provider);
        Assert.Equal("Bearer sk-second", await GoesUpWithAsync(gateway, caller));
    }

    private static async Task<string?> GoesUpWithAsync(RunningGateway gateway, CallerClient caller)
    {
        using var answer = await caller.ChatAsync("{\"model\":\"gpt-4o-mini\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}");
        answer.EnsureSuccessStatusCode();
        return gateway.Provider.Requests[^1].Header("Authorization");
    }

    private static async Task<int> PostAsync(RunningGateway gateway, string secret)
    {
        const string body = "{\"id\":\"evt_rotation\",\"object\":\"event\",\"type\":\"nothing.happened\",\"data\":{\"object\":{}}}";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/stripe/webhook") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Stripe-Signature", EventUtility.GenerateSignatureHeader(body, secret));
        using var answer = await gateway.Process.Client.SendAsync(request, Cancel);
        return (int)answer.StatusCode;
    }
}
