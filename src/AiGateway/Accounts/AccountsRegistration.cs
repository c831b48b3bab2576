using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.Accounts;

internal static class AccountsRegistration
{
    /// <summary>Keys and accounts. Needs <see cref="Storage.Connections"/>; registered after the ledger, which brings the schema.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<KeyListVersion>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyListVersion>());
        return services.AddSingleton<KeyRing>().AddSingleton<KeyStore>().AddSingleton<AccountDirectory>();
    }
}
