namespace AiGateway.Accounts;

/// <summary>Finds who is behind a credential, whatever kind it is of: a key of ours, or a token of the configured issuer.</summary>
/// <param name="issuer">Null: only keys are credentials.</param>
internal sealed class Callers(KeyRing keys, JwtIssuer? issuer = null)
{
    /// <exception cref="KeysUnavailableException"/>
    /// <exception cref="IssuerUnavailableException"/>
    public Task<KeyAnswer> CheckAsync(string credential, CancellationToken cancel) =>
        issuer is not null && JwtIssuer.LooksLikeToken(credential) ? issuer.CheckAsync(credential, cancel) : keys.CheckAsync(credential, cancel);
}
