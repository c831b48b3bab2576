using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.Accounts;

internal static class AccountsRegistration
{
    /// <summary>Keys and accounts. Needs <see cref="Storage.Connections"/>; registered after the ledger, which brings the schema.</summary>
    /// <param name="issuer">Whose tokens are credentials as well; null: nobody's.</param>
    public static IServiceCollection AddAccounts(this IServiceCollection services, JwtOptions? issuer)
    {
        if (issuer is not null)
            services.AddSingleton(issuer).AddSingleton<JwtIssuer>();
        services.AddSingleton<Callers>();
        services.AddSingleton<KeyListVersion>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyListVersion>());
        return services.AddSingleton<KeyRing>().AddSingleton<KeyStore>().AddSingleton<Erasure>().AddSingleton<AccountDirectory>().AddSingleton<PlanDirectory>().AddSingleton<ObjectOwners>();
    }
}
