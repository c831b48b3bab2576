using System.Text.RegularExpressions;
using static AiGateway.Tests.Architecture.Area;

namespace AiGateway.Tests.Architecture;

/// <summary>What the walls speak about.</summary>
internal static partial class Areas
{
    public static readonly Area EntityFramework = Of("EF",
        Namespace("Microsoft.EntityFrameworkCore"), Assembly("Microsoft.EntityFrameworkCore"));

    public static readonly Area Drivers = Of("database drivers",
        Namespace("System.Data"), Namespace("Microsoft.Data"), Namespace("Microsoft.SqlServer"), Namespace("SQLitePCL"), Namespace("System.Transactions"));

    public static readonly Area Database = Of("database", EntityFramework.Holds, Drivers.Holds);

    /// <summary>Who answers a caller may tell that the database failed, and answer 503; it may do nothing else with one.</summary>
    public static readonly Area DatabaseInUse = new("database (but for its exception)",
        seen => Database.Holds(seen) && seen.Seen.FullName != "System.Data.Common.DbException");

    public static readonly Area AspNet = Of("ASP.NET",
        Namespace("Microsoft.AspNetCore"), Assembly("Microsoft.AspNetCore"), Namespace("Microsoft.Net.Http.Headers"));

    public static readonly Area Http = Of("HTTP",
        AspNet.Holds, Namespace("System.Net.Http"), Namespace("System.Net.WebSockets"), Namespace("System.Net.ServerSentEvents"),
        Type("System.Net.HttpStatusCode", "System.Net.HttpListener", "System.Net.WebClient", "System.Net.HttpWebRequest"));

    public static readonly Area ProxyVendor = Of("YARP", Namespace("Yarp"), Assembly("Yarp"));

    public static readonly Area PaymentVendor = Of("Stripe", Namespace("Stripe"), Assembly("Stripe.net"));

    public static readonly Area Injection = Of("DI", Namespace("Microsoft.Extensions.DependencyInjection"));

    public static readonly Area Options = Of("options", Namespace("Microsoft.Extensions.Options"));

    public static readonly Area Configuration = Of("configuration", Namespace("Microsoft.Extensions.Configuration"));

    public static readonly Area Hosting = Of("hosting", Namespace("Microsoft.Extensions.Hosting"));

    public static readonly Area Logging = Of("logging", Namespace("Microsoft.Extensions.Logging"), Namespace("Serilog"));

    /// <summary>All that the framework's host brings along, named above or not. The bare IServiceProvider stands in the system's own namespace, where EF uses it too.</summary>
    public static readonly Area Host = Of("DI, options, logging, configuration, hosting",
        Namespace("Microsoft.Extensions"), Assembly("Microsoft.Extensions"), Type("System.IServiceProvider"), Logging.Holds);

    public static readonly Area Clock = Of("clock",
        Type("System.TimeProvider", "System.Diagnostics.Stopwatch", "System.Threading.Timer", "System.Threading.PeriodicTimer", "System.Timers.Timer"),
        Member("System.DateTime", "get_UtcNow", "get_Now", "get_Today"),
        Member("System.DateTimeOffset", "get_UtcNow", "get_Now"),
        Member("System.Environment", "get_TickCount", "get_TickCount64"));

    /// <summary>A method that is async and void names no task, only its builder.</summary>
    public static readonly Area Tasks = Of("tasks",
        Namespace("System.Threading.Tasks"), Namespace("System.Threading.Channels"), Type("System.Threading.Thread", "System.Threading.ThreadPool"),
        seen => seen.Seen.FullName.StartsWith("System.Runtime.CompilerServices.Async", StringComparison.Ordinal) && seen.Seen.Name.Contains("MethodBuilder"));

    public static readonly Area Floats = Of("floating point", Type("System.Double", "System.Single", "System.Half"));

    public static readonly Area Writes = Of("writing database calls", WritesByName, WritesTracked, WritesInSql);

    /// <summary>Names that only a database call carries, whatever type they are found on: an override in a context of ours counts too.</summary>
    private static bool WritesByName(Sighting seen) => seen.Api is { } api
        && (api is "SaveChanges" or "SaveChangesAsync" or "WriteToServer" or "WriteToServerAsync"
            || api.StartsWith("ExecuteUpdate", StringComparison.Ordinal) || api.StartsWith("ExecuteDelete", StringComparison.Ordinal)
            || api.StartsWith("ExecuteSql", StringComparison.Ordinal) || api.StartsWith("ExecuteNonQuery", StringComparison.Ordinal));

    private static bool WritesTracked(Sighting seen) =>
        seen.Seen.FullName is "Microsoft.EntityFrameworkCore.DbContext" or "Microsoft.EntityFrameworkCore.DbSet`1"
        && seen.Api is { } api && TrackingCall().IsMatch(api);

    /// <summary>"UPDATE … RETURNING" can be sent as a query: the statement itself is then all that shows.</summary>
    private static bool WritesInSql(Sighting seen) => seen.Text is { } text && WritingSql().IsMatch(text);

    [GeneratedRegex("^(Add|Update|Remove|Attach)(Range)?(Async)?$")]
    private static partial Regex TrackingCall();

    [GeneratedRegex(@"^\s*(INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\S+\s+(WITH\s*\(.*?\)\s*)?SET\s|DELETE\s+FROM\s|MERGE\s+(INTO\s)?|REPLACE\s+INTO\s|TRUNCATE\s+TABLE\s|(ALTER|CREATE|DROP)\s+TABLE\s)")]
    private static partial Regex WritingSql();
}
