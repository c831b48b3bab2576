using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AiGateway.Tests.Support;

/// <summary>An OIDC issuer of a test's own: discovery, keys, and tokens signed with them. Can be down, and can change its key.</summary>
internal sealed class OidcIssuer : IAsyncDisposable
{
    public const string Audience = "the-gateway";

    private readonly WebApplication app;
    private RsaSecurityKey key = NewKey("first");

    private OidcIssuer(WebApplication app) => this.app = app;

    public string Authority => app.Urls.Single();

    public bool IsDown { get; set; }

    public static async Task<OidcIssuer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "OidcIssuer" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var issuer = new OidcIssuer(builder.Build());
        issuer.app.Run(issuer.AnswerAsync);
        await issuer.app.StartAsync(TestContext.Current.CancellationToken);
        return issuer;
    }

    public void ChangeKey() => key = NewKey("second");

    /// <param name="change">Makes the token a bad one.</param>
    public string Token(string subject, Action<SecurityTokenDescriptor>? change = null)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Authority, Audience = Audience, NotBefore = now.AddMinutes(-1), IssuedAt = now, Expires = now.AddMinutes(5),
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.RsaSha256),
            Claims = new Dictionary<string, object> { ["sub"] = subject },
        };
        change?.Invoke(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        key.Rsa.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        http.Response.StatusCode = IsDown ? 503 : 200;
        if (IsDown)
            return;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(http.Request.Path.Value == "/keys" ? Keys() : Discovery(), http.RequestAborted);
    }

    private string Discovery() => JsonSerializer.Serialize(new { issuer = Authority, jwks_uri = Authority + "/keys", id_token_signing_alg_values_supported = new[] { "RS256" } });

    private string Keys()
    {
        var open = key.Rsa.ExportParameters(includePrivateParameters: false);
        return JsonSerializer.Serialize(new
        {
            keys = new[] { new { kty = "RSA", use = "sig", alg = "RS256", kid = key.KeyId, n = Base64UrlEncoder.Encode(open.Modulus), e = Base64UrlEncoder.Encode(open.Exponent) } },
        });
    }

    private static RsaSecurityKey NewKey(string id) => new(RSA.Create(2048)) { KeyId = id };
}
