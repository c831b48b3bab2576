using AiGateway.Ledger;
using AiGateway.Pricing;
using AiGateway.Telemetry;
using AiGateway.Usage;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace AiGateway.Pipeline.Sessions;

/// <summary>A WebSocket to a provider: takes the hold of its first response, lets it open, and has its events paid for as they come.</summary>
internal sealed class SessionMiddleware(
    RequestDelegate next, Bookkeeper ledger, IPriceBookSource prices, IOptions<AdmissionOptions> options, OpenCallsDeadline deadline, TimeProvider time, ILogger<SessionMiddleware> log)
{
    /// <summary>The close code that tells a client that the balance has ended; 4000 to 4999 are free for applications.</summary>
    private const ushort OutOfTokens = 4402;

    /// <summary>A caller who does not read is not waited for.</summary>
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    public Task InvokeAsync(HttpContext context)
    {
        var call = context.Features.GetRequiredFeature<MeteredCall>();
        return call.IsSession && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade ? MeterAsync(context, call, upgrade) : next(context);
    }

    private async Task MeterAsync(HttpContext context, MeteredCall call, IHttpUpgradeFeature upgrade)
    {
        var callerLifetime = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(callerLifetime.RequestAborted, deadline.Passed);
        SessionUpgrade? session = null;
        var meter = new SessionMeter(call, ledger, prices, options.Value, CloseAsync, time, log);
        session = new SessionUpgrade(upgrade, stream => new SessionStream(stream, meter.Saw, call.Route.Format, Blind));
        if (await OpenAsync(context, meter) is { } refusal)
        {
            await RefusalWriter.WriteAsync(context, refusal);
            return;
        }
        context.Features.Set<IHttpUpgradeFeature>(session);
        context.Features.Set<IHttpRequestLifetimeFeature>(new SessionLifetime(callerLifetime, ends));
        try
        {
            await next(context);
        }
        finally
        {
            context.Features.Set(upgrade);
            context.Features.Set(callerLifetime);
            await meter.EndAsync();
            call.Settled = new SettledCall("session", meter.Charged, null);
        }

        // A session that nobody can read any more would go on for nothing.
        void Blind(Exception error)
        {
            Log.ReaderDropped(log, "on a session's frames", error);
            ends.Cancel();
        }

        async Task CloseAsync()
        {
            using var patience = new CancellationTokenSource(ClosePatience, time);
            try
            {
                if (session?.Stream is { } open)
                    await open.CloseAsync(OutOfTokens, "insufficient_tokens", patience.Token);
            }
            finally
            {
                await ends.CancelAsync();
            }
        }
    }

    private static async Task<Refusal?> OpenAsync(HttpContext context, SessionMeter meter)
    {
        try
        {
            // Azure's addresses name a deployment.
            return await meter.OpenAsync(context.Request.Query["model"].FirstOrDefault() ?? context.Request.Query["deployment"].FirstOrDefault());
        }
        catch (LedgerUnavailableException)
        {
            return Refusal.LedgerUnavailable();
        }
    }

    /// <summary>Gives the proxy a watched stream where the caller's connection becomes a WebSocket.</summary>
    private sealed class SessionUpgrade(IHttpUpgradeFeature upgrade, Func<Stream, SessionStream> watch) : IHttpUpgradeFeature
    {
        public SessionStream? Stream { get; private set; }

        public bool IsUpgradableRequest => upgrade.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync() => Stream = watch(await upgrade.UpgradeAsync());
    }

    /// <summary>Ends the session when the caller leaves, the gateway stops, or the balance has ended.</summary>
    private sealed class SessionLifetime(IHttpRequestLifetimeFeature caller, CancellationTokenSource ends) : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; } = ends.Token;

        public void Abort() => caller.Abort();
    }
}
