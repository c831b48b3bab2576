using Yarp.ReverseProxy.Configuration;

// The yardstick: YARP and nothing else, one route to the provider named by the first argument.
// The framework watches the content root, with all below it, for settings: in the working directory that would be the database,
// and every write of the ledger would wake this program.
var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
builder.Services.AddReverseProxy().LoadFromMemory(
    [new RouteConfig { RouteId = "all", ClusterId = "provider", Match = new RouteMatch { Path = "/{**rest}" } }],
    [new ClusterConfig
    {
        ClusterId = "provider",
        Destinations = new Dictionary<string, DestinationConfig> { ["only"] = new() { Address = args[0] } },
    }]);
var app = builder.Build();
app.MapReverseProxy();
app.Run();
