using AiGateway.Demo;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AiGateway.Hosting;

/// <summary>What a developer sees when the gateway is ready: an address, a key, and a call that works when pasted.</summary>
internal static class ReadyBlock
{
    public static string Text(IServer server, GatewaySettings settings, DevelopmentKeys development, string? signIn)
    {
        var address = (server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "").Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
        var admin = settings.Admin.Key.Length > 0 ? "(the configured Admin__Key)" : development.AdminKey;
        var provider = settings.UsesDemoProvider ? "demo provider (no OPENAI_API_KEY, no OPENAI_BASE_URL)" : settings.OpenAiBaseUrl ?? "https://api.openai.com/v1";
        return $$"""

            AiGateway is ready.
              Base URL    {{address}}/v1
              App key     {{development.AppKey}}
              Admin key   {{admin}}
              Admin       {{settings.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? address}}{{signIn ?? "/admin"}}
              Provider    {{provider}}

            Try it:
            curl -i {{address}}/v1/chat/completions -H "Authorization: Bearer {{development.AppKey}}" -H "X-AiGateway-User: {{DemoStory.First}}" -H "Content-Type: application/json" -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Say hello."}]}'

            """;
    }
}
