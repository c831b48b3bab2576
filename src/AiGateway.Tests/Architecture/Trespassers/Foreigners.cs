using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

#pragma warning disable RS0030 // Trespassers do what is banned: that is what they are for.

namespace AiGateway.Tests.Architecture.Trespassers.Usage
{
    [Trespass(How.Instruction, "System.DateTime::get_UtcNow")]
    internal static class ReadsClock { public static long Run() => DateTime.UtcNow.Ticks; }

    [Trespass(How.Parameter, "System.TimeProvider")]
    internal interface ITakesClock { long Run(TimeProvider time); }

    [Trespass(How.Instruction, "Stopwatch::GetTimestamp")]
    internal static class StopsTime { public static long Run() => Stopwatch.GetTimestamp(); }

    [Trespass(How.Return, "System.Threading.Tasks.ValueTask")]
    internal interface IPromises { ValueTask<int> Run(); }

    [Trespass(How.Field, "AsyncVoidMethodBuilder")]
    internal static class PromisesNothing { public static async void Run(dynamic thing) => await thing; }

    [Trespass(How.Parameter, "ILogger")]
    internal sealed class Logs(ILogger log) { public override string? ToString() => log.ToString(); }

    [Trespass(How.GenericArgument, "Outer")]
    [Trespass(How.Parameter, "IOptions")]
    internal sealed class Opts(IOptions<Pricing.Outer> options) { public override string? ToString() => options.ToString(); }

    [Trespass(How.Parameter, "IConfiguration")]
    internal interface IConfigures { void Run(IConfiguration configuration); }

    [Trespass(How.Parameter, "System.IServiceProvider")]
    internal interface ILocates { void Run(IServiceProvider services); }

    [Trespass(How.Parameter, "IKeyedServiceProvider")]
    internal interface ILocatesByKey { void Run(IKeyedServiceProvider services); }
}

namespace AiGateway.Tests.Architecture.Trespassers.Pricing
{
    internal sealed class Outer;

    [Trespass(How.Parameter, "System.Double")]
    internal interface ITakesDouble { void Run(double price); }

    [Trespass(How.GenericArgument, "System.Single")]
    internal interface IGivesFloats { List<float?> Run(); }

    [Trespass(How.Field, "System.Half")]
    internal sealed class KeepsHalf { public Half Kept = default; }

    [Trespass(How.Arithmetic, "System.Double")]
    internal static class MultipliesByDouble { public static long Run(long tokens) => (long)(tokens * 1.5); }

    [Trespass(How.Arithmetic, "System.Single")]
    internal static class ConvertsToFloat { public static bool Run(int tokens, int other) => (float)tokens == other; }

    [Trespass(How.CalledSignature, "System.Double")]
    internal static class CallsForDouble { public static long Run(TimeSpan span) => (long)span.TotalMilliseconds; }

    [Trespass(How.Parameter, "System.Data.IDbConnection")]
    internal interface ITakesConnection { void Run(IDbConnection connection); }

    // Whole and exact arithmetic is what prices are made of.
    internal static class UsesDecimal { public static long Run(long tokens) => (long)Math.Ceiling(tokens * 1.5m); }
}

namespace AiGateway.Tests.Architecture.Trespassers.Ledger
{
    [Trespass(How.Parameter, "System.Net.HttpStatusCode")]
    internal interface ITakesStatus { void Run(HttpStatusCode status); }

    [Trespass(How.Return, "System.Net.Http.HttpClient")]
    internal interface IGivesClient { HttpClient Run(); }

    [Trespass(How.Parameter, "Usage.IPromises")]
    internal interface IKnowsUsage { void Run(Usage.IPromises usage); }
}

namespace AiGateway.Tests.Architecture.Trespassers.Accounts
{
    [Trespass(How.Parameter, "Microsoft.AspNetCore.Http.HttpContext")]
    internal interface ITakesRequest { void Run(HttpContext context); }
}

namespace AiGateway.Tests.Architecture.Trespassers.Api
{
    [Trespass(How.BaseType, "Microsoft.EntityFrameworkCore.DbContext")]
    internal sealed class HasTables : DbContext;

    [Trespass(How.Parameter, "Yarp.ReverseProxy.Configuration.RouteConfig")]
    internal interface ITakesRoute { void Run(RouteConfig route); }

    // Its namespace is ASP.NET's, which Api may see; its assembly is YARP's, which it may not.
    [Trespass(How.Parameter, "IReverseProxyApplicationBuilder")]
    internal interface IBuildsProxy { void Run(IReverseProxyApplicationBuilder proxy); }

    // A registration may use the container, and may not bring a vendor in with it.
    [Trespass(How.Instruction, "::AddDbContext")]
    internal static class ApiRegistration { public static void AddApi(this IServiceCollection services) => services.AddDbContext<DbContext>(); }

    [Trespass(How.Parameter, "Stripe.Customer")]
    internal interface ITakesCustomer { void Run(Stripe.Customer customer); }

    [Trespass(How.Parameter, "System.Data.Common.DbCommand")]
    internal interface ITakesCommand { void Run(DbCommand command); }

    // Telling a caller that the database is away is a door's work.
    internal static class AnswersFailure
    {
        public static bool Run(Action action)
        {
            try { action(); }
            catch (DbException) { return false; }
            return true;
        }
    }

    // A door may know of requests and ask nouns.
    internal interface IAsks { void Run(HttpContext context, Pricing.Outer noun); }
}
