using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace AiGateway.Accounts;

/// <summary>The issuer's keys cannot be had, and none are remembered: no token can be checked.</summary>
internal sealed class IssuerUnavailableException(Exception inner) : Exception("The token issuer is unavailable.", inner);

/// <summary>
/// Checks the tokens of one OIDC issuer: signature, issuer, audience and lifetime; the subject is the user.
/// The issuer's keys are remembered, and fetched again when a token names an unknown one.
/// </summary>
internal sealed class JwtIssuer : IDisposable
{
    /// <summary>Longer than tokens are; a header line is not much longer.</summary>
    private const int MaxTokenBytes = 16 * 1024;

    /// <summary>Clocks of two machines differ by so much.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>An issuer that is down is not asked again on every call.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Signatures by a public key alone: a token "signed" with no key, or with the public key as if it were a secret, is none.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JwtOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<JwtIssuer> _log;
    private readonly HttpClient _http = new() { Timeout = FetchTimeout, MaxResponseContentBufferSize = 1 << 20 };
    private readonly ConfigurationManager<OpenIdConnectConfiguration> _discovery;
    private readonly JsonWebTokenHandler _tokens = new() { MaximumTokenSizeInBytes = MaxTokenBytes };
    private Failure? _failure;

    public JwtIssuer(JwtOptions options, TimeProvider time, ILogger<JwtIssuer> log)
    {
        (_options, _time, _log) = (options, time, log);
        _discovery = new ConfigurationManager<OpenIdConnectConfiguration>(
            options.Authority.ToString().TrimEnd('/') + "/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever(_http) { RequireHttps = options.Authority.Scheme == Uri.UriSchemeHttps });
    }

    private sealed record Failure(long At, Exception Error);

    /// <summary>Three parts with dots between them; keys of ours have no dots.</summary>
    public static bool LooksLikeToken(string credential) => credential.AsSpan().Count('.') == 2;

    /// <exception cref="IssuerUnavailableException"/>
    public async Task<KeyAnswer> CheckAsync(string token, CancellationToken cancel)
    {
        var checkedToken = await ValidateAsync(token, await ConfigurationAsync(cancel));
        if (checkedToken.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            // The issuer may have new keys; it is asked at most once in a while, whoever makes tokens up.
            _discovery.RequestRefresh();
            checkedToken = await ValidateAsync(token, await ConfigurationAsync(cancel));
        }
        if (!checkedToken.IsValid || checkedToken.SecurityToken is not JsonWebToken { Subject: var subject })
            return new KeyAnswer(null, Why(checkedToken.Exception));
        return UserIds.Check(subject) is { } why ? new KeyAnswer(null, $"The token's sub {why}") : new KeyAnswer(new Caller(KeyKind.Jwt, subject, "jwt"), "");
    }

    public void Dispose() => _http.Dispose();

    private Task<TokenValidationResult> ValidateAsync(string token, OpenIdConnectConfiguration issuer) => _tokens.ValidateTokenAsync(token, new TokenValidationParameters
    {
        ValidIssuer = issuer.Issuer, ValidAudience = _options.Audience, IssuerSigningKeys = issuer.SigningKeys,
        ValidAlgorithms = Algorithms, RequireSignedTokens = true, LifetimeValidator = IsAlive,
    });

    private bool IsAlive(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters rules)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end + ClockSkew && (notBefore is not { } start || now >= start - ClockSkew);
    }

    private async Task<OpenIdConnectConfiguration> ConfigurationAsync(CancellationToken cancel)
    {
        if (_failure is { } recent && _time.GetElapsedTime(recent.At) < RetryAfter)
            throw new IssuerUnavailableException(recent.Error);
        try
        {
            var found = await _discovery.GetConfigurationAsync(cancel);
            _failure = null;
            return found;
        }
        catch (InvalidOperationException error)
        {
            _failure = new Failure(_time.GetTimestamp(), error);
            _log.LogError(error, "The token issuer {Authority} did not give its keys.", _options.Authority);
            throw new IssuerUnavailableException(error);
        }
    }

    private static string Why(Exception? error) => error switch
    {
        SecurityTokenInvalidLifetimeException => "The token has expired, or is not valid yet.",
        SecurityTokenInvalidAudienceException => "The token was made for someone else.",
        SecurityTokenInvalidIssuerException => "The token is of another issuer.",
        _ => "The token is not one of the configured issuer's.",
    };
}
