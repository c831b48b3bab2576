using Microsoft.Extensions.DependencyInjection;
using Stripe;

namespace AiGateway.Billing;

internal static class BillingRegistration
{
    // A look at Stripe that takes longer is tried again later by the worker.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Payments without their worker: what a verb needs as well.</summary>
    public static IServiceCollection AddBilling(this IServiceCollection services, BillingSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<Offers>().AddSingleton<BillingStore>().AddSingleton<EventInbox>().AddSingleton<CustomerLinks>();
        services.AddSingleton<SubscriptionMirror>().AddSingleton<SecondSubscriptions>().AddSingleton<PaymentClaims>().AddSingleton<InvoiceEvents>().AddSingleton<CheckoutEvents>();
        // When the first event comes: Stripe's client and what it brings along are nothing for a start.
        services.AddSingleton(provider => new Lazy<EventHandlers>(provider.GetRequiredService<EventHandlers>));
        services.AddSingleton<EventHandlers>().AddSingleton<EventWorker>().AddSingleton<WebhookDoor>().AddSingleton<Purchases>().AddSingleton<DemoEvents>().AddSingleton<PastPayments>();
        if (settings.SecretKey is not { } key)
            return services.AddSingleton<IStripeSide, NoStripeSide>().AddSingleton<ICheckoutSide, DemoCheckoutSide>();
        services.AddSingleton(_ => Client(key, settings.ApiBase)).AddSingleton<StripeSetup>().AddSingleton<Reconciliation>();
        services.AddSingleton(provider => new Lazy<Reconciliation>(provider.GetRequiredService<Reconciliation>));
        return services.AddSingleton<IStripeSide, StripeSide>().AddSingleton<ICheckoutSide, StripeCheckoutSide>();
    }

    /// <summary>Applies events while the gateway serves.</summary>
    public static IServiceCollection AddBillingWorker(this IServiceCollection services, BillingSettings settings)
    {
        services.AddHostedService(provider => provider.GetRequiredService<EventWorker>());
        return settings.IsDemo ? services : services.AddHostedService<NightlyReconciliation>();
    }

    public static void MapBilling(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost(WebhookDoor.Path, (HttpRequest request, WebhookDoor door, CancellationToken cancel) => door.ReceiveAsync(request, cancel));

    public static StripeClient Client(string key, string? apiBase, int maxNetworkRetries = 1) => new(new StripeClientOptions
    {
        ApiKey = key, ApiBase = apiBase,
        HttpClient = new SystemNetHttpClient(new HttpClient { Timeout = Patience }, maxNetworkRetries, enableTelemetry: false),
    });
}
