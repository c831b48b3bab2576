using AiGateway.Accounts;
using AiGateway.Api;
using AiGateway.Billing;
using AiGateway.Charging;
using AiGateway.Demo;
using AiGateway.Insights;
using AiGateway.Jobs;
using AiGateway.Ledger;
using AiGateway.Pages;
using AiGateway.Pages.Admin;
using AiGateway.Pages.Dashboard;
using AiGateway.Pipeline;
using AiGateway.Pipeline.Metering;
using AiGateway.Pipeline.Admission;
using AiGateway.Pipeline.Forwarding;
using AiGateway.Pipeline.Identification;
using AiGateway.Pipeline.Settlement;
using AiGateway.Plans;
using AiGateway.Pricing;
using AiGateway.Routes;
using AiGateway.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace AiGateway.Hosting;

/// <summary>Wires the program. Each method below is one chapter; the order of the hosted services is the order of start, and its reverse that of stopping.</summary>
internal static class GatewayHost
{
    public const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>For all of it: open streams may finish for five minutes, what is left is settled on what was seen, and the writer writes what is queued.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromMinutes(5.5);

    /// <summary>A Debug build develops, a Release build produces, unless the environment says otherwise.</summary>
    private const string DefaultEnvironment =
#if DEBUG
        "Development";
#else
        "Production";
#endif

    /// <summary>
    /// The framework would watch the program's folder, with all below it, for changes of a settings file that is read once: where
    /// the database lies there too, the kernel then reports every write of the ledger (a fifth of a call's whole CPU time).
    /// </summary>
    private const string NoFileWatch = "--hostBuilder:reloadConfigOnChange=false";

    /// <param name="isCommand">A verb runs instead of serving: stdout is for its answer, and logs go to stderr.</param>
    public static WebApplicationBuilder CreateBuilder(string[] args, bool isCommand = false)
    {
        // The slim one is without logs, servers and hosting plug-ins that are not used here; TLS and patterns in routes are.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = [NoFileWatch, .. args],
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? DefaultEnvironment,
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddRouting();
        builder.Configuration.AddSecretFiles();
        builder.AddGatewayLogging(isCommand);
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
            builder.WebHost.UseUrls(DefaultUrl);
        return builder;
    }

    public static void AddGateway(this WebApplicationBuilder builder, GatewaySettings settings, DevelopmentKeys? development)
    {
        var services = builder.Services;
        services.Configure<KestrelServerOptions>(ServerLimits.Set);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        services.AddSingleton(Options.Create(settings.Admission));
        services.AddSingleton(new HoldCap(settings.Admission.MaxTokensPerCall));
        services.AddSingleton(Options.Create(new AdminOptions { Key = settings.Admin.Key.Length > 0 ? settings.Admin.Key : development?.AdminKey ?? "" }));
        services.AddNouns(settings);
        services.AddBrowserOrigins(settings.AllowedOrigins);
        AddPipeline(services, settings);
        AddSurface(services);
        services.AddSingleton(new SetupFacts(
            settings.UsesDemoProvider ? null : settings.OpenAiBaseUrl ?? "https://api.openai.com/v1", !settings.Stripe.IsDemo, settings.Stripe.WebhookSecret is not null,
            settings.Alerts.WebhookUrl is not null || settings.Alerts.SmtpHost is not null, settings.IsProduction, settings.AllowedOrigins));
        services.AddBillingWorker(settings.Stripe);
        services.AddSingleton<DemoPost>();
        if (development is not null)
            services.AddSingleton(development).AddHostedService<DevelopmentStart>();
        else
            services.AddHostedService<ProductionCheck>();
        AddAlerts(services, settings.Alerts);
        services.AddHostedService<SettlementDrain>();
        builder.AddTelemetry();
        services.AddSingleton<Readiness>().AddSingleton<Drain>().AddHostedService(provider => provider.GetRequiredService<Drain>());
    }

    private static void AddAlerts(IServiceCollection services, AlertOptions alerts)
    {
        services.AddSingleton(alerts).AddSingleton<AlertBook>();
        if (alerts.WebhookUrl is not null)
            services.AddSingleton<AlertChannel, AlertWebhook>();
        if (alerts.SmtpHost is not null)
            services.AddSingleton<AlertChannel, AlertMail>();
        services.AddHostedService<AlertWatch>().AddHostedService<AlertPost>().AddHostedService<TrafficTally>();
    }

    /// <summary>What the gateway and its verbs have in common: the books, the accounts, the price list and the plans.</summary>
    public static void AddNouns(this IServiceCollection services, GatewaySettings settings)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddLedger(settings.Ledger);
        services.AddAccounts(settings.Jwt);
        services.AddInsights(provider => new BusinessAims(
            () => [.. provider.GetRequiredService<IPlanBookSource>().Current.Plans.Values.Select(plan => new PlanAim(plan.Id, plan.Name, plan.TargetTokensPerMonth, plan.AlertTokensPerCycle))],
            model => provider.GetRequiredService<IPriceBookSource>().Current.HasPrice(model)));
        services.AddSingleton<IProviderCosts, ProviderCosts>();
        services.AddPricing(Path.Combine(settings.ConfigFolder, "prices.json"));
        services.AddBilling(settings.Stripe);
        services.AddDemoSeed();
        services.AddPlans(_ => new PlansOptions { Path = Path.Combine(settings.ConfigFolder, "plans.json") });
    }

    /// <summary>The routes file for a verb: read and checked, never served, so no demo provider is needed.</summary>
    public static void AddCommandRoutes(this IServiceCollection services, GatewaySettings settings) =>
        services.AddRoutes(provider => RoutesOptions(provider, settings, settings.OpenAiBaseUrl)).AddPolicies();

    /// <summary>Below these somebody is signed in by a cookie.</summary>
    private static readonly PathString[] SignedInPaths = ["/admin", "/dashboard"];

    /// <summary>The first steps of every request, and our own surface. It asks for no file of the configuration.</summary>
    public static void UseSurface(this WebApplication app)
    {
        app.UseMiddleware<RequestIds>();
        app.UseMiddleware<DrainingGate>();
        app.UseMiddleware<PathsWithoutV1>();
        if (app.Services.GetRequiredService<GatewaySettings>().AllowedOrigins.Count > 0)
            app.UseBrowserOrigins();
        app.UseRouting();
        app.UsePublicAddress(app.Services.GetRequiredService<GatewaySettings>().PublicUrl);
        // Cookies are for pages: a proxied call does not pay for looking at them. The framework puts both steps in front of
        // every request by itself, unless it believes that they are there.
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true;
        ((IApplicationBuilder)app).Properties["__AuthorizationMiddlewareSet"] = true;
        app.UseWhen(context => Array.Exists(SignedInPaths, path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase)), pages => pages.UseAuthentication().UseAuthorization());
        app.MapGatewayApi();
        app.MapAdminApi();
        app.MapAdminDocument();
        app.MapBilling();
        app.MapPublicPages();
        app.MapPortalSignIn();
        app.MapDashboard();
        app.MapAdminPages();
        app.MapCheckoutReturn();
        if (app.Services.GetRequiredService<BillingSettings>().IsDemo)
            app.MapDemoCheckout();
    }

    /// <summary>What knows the files: health, metrics and the proxied calls; and the end of every request's way.</summary>
    public static void UseProxy(this WebApplication app)
    {
        app.MapHealth();
        app.MapMetrics();
        app.MapReverseProxy(proxy => proxy.UseGatewayPipeline());
        app.UseEndpoints(_ => { });
        app.Run(app.Services.GetRequiredService<RouteNotFound>().AnswerAsync);
    }

    private static void AddPipeline(IServiceCollection services, GatewaySettings settings)
    {
        if (settings.UsesDemoProvider)
        {
            services.AddSingleton(provider => new DemoProvider(
                DemoProviderKey, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
            services.AddHostedService(provider => provider.GetRequiredService<DemoProvider>());
        }
        services.AddRoutes(provider => RoutesOptions(provider, settings, settings.UsesDemoProvider ? provider.GetRequiredService<DemoProvider>().BaseUrl : settings.OpenAiBaseUrl))
            .AddPolicies()
            .AddTransforms<UpstreamTransforms>()
            .Services.AddSingleton<IForwarderHttpClientFactory, UpstreamClients>();
        services.AddSingleton<UpstreamLook>().AddSingleton<IProviderObjects, ProviderObjects>().AddHostedService<DeferredPoller>();
        services.AddSingleton<DeferredSettlement>().AddSingleton<WorkSights>();
        services.AddSingleton<CallLog>(provider => settings.IsProduction
            ? new JsonCallLog(provider.GetRequiredService<TimeProvider>(), Console.OpenStandardOutput())
            : ActivatorUtilities.CreateInstance<ReadableCallLog>(provider));
        services.AddSingleton<FailedCredentials>();
        services.AddSingleton<IdempotencyDesk>();
        services.AddSingleton<ModelDoor>();
        services.AddSingleton<OpenSettlements>();
        services.AddSingleton<OpenCallsDeadline>();
        services.AddSingleton<OpenDrains>();
        services.AddSingleton<RouteNotFound>();
    }

    /// <summary>What the demo provider and its one client share; it opens nothing else.</summary>
    private const string DemoProviderKey = "demo-provider-key";

    private static RoutesOptions RoutesOptions(IServiceProvider provider, GatewaySettings settings, string? openAiBaseUrl)
    {
        // The configuration, not the environment alone: a key may come from a secret file. Asked for now, because the file's watch outlives the provider.
        var configuration = provider.GetRequiredService<IConfiguration>();
        return new RoutesOptions
        {
            Path = Path.Combine(settings.ConfigFolder, "routes.json"),
            OpenAiBaseUrl = openAiBaseUrl,
            Secret = name => settings.UsesDemoProvider && name == "OPENAI_API_KEY" ? DemoProviderKey : configuration[name],
        };
    }

    private static void AddSurface(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.AddProblemDetails();
        services.AddAdminDocument();
        services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        services.AddSingleton<PortalSessions>();
        services.AddPages();
        services.AddSingleton(provider => new OperatorKey(provider.GetRequiredService<IOptions<AdminOptions>>().Value.Key));
        services.AddAuthorization();
        services.AddAuthentication()
            .AddCookie(OperatorSignIn.Scheme, OperatorSignIn.ConfigureCookie)
            .AddCookie(PortalSignIn.Scheme, PortalSignIn.ConfigureCookie);
        CookieKeys.AddTo(services);
    }
}
