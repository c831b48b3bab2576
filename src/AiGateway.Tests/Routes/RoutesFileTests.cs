using System.Text;
using AiGateway.ConfigFiles;
using AiGateway.Pricing;
using AiGateway.Routes;
using AiGateway.Tests.ConfigFiles;
using AiGateway.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Yarp.ReverseProxy.Configuration;

namespace AiGateway.Tests.Routes;

public sealed class RoutesFileTests : IDisposable
{
    private const string Destinations = """ "Destinations": { "d": { "Address": "https://example.com" } } """;
    private const string Native = """ "ClusterId": "c", "Match": { "Path": "/a" } """;

    private readonly ServiceProvider _services = Services();
    private readonly EditedFile _file = new(RoutesJson.With(), "routes.json");
    private readonly TickingClock _clock = new();

    public void Dispose()
    {
        _file.Dispose();
        _services.Dispose();
    }

    public static TheoryData<string, string, int, string> Mistakes => new()
    {
        { Native, Destinations, 4, "Metadata says no \"Metering.Kind\"" },
        { Route(""" "Metering.Kind": "openai.chatt" """), Destinations, 4, "unknown kind \"openai.chatt\"; did you mean \"openai.chat\"?" },
        { Route(""" "Metering.Knid": "openai.chat" """), Destinations, 4, "unknown key \"Metering.Knid\"; did you mean \"Metering.Kind\"?" },
        { Metered(""" "Metering.Acces": "app" """), Destinations, 4, "did you mean \"Metering.Access\"?" },
        { Metered(""" "Meterng.Access": "app" """), Destinations, 4, "did you mean \"Metering.Access\"?" },
        { Metered(""" "Metering.Access": "apps" """), Destinations, 4, "unknown value \"apps\"; did you mean \"app\"?" },
        { Metered(""" "Metering.Access": "0" """), Destinations, 4, "unknown value \"0\"" },
        { Metered(""" "Metering.WhenUsageMissing": "guess" """), Destinations, 4, "known: estimate, hold, flat" },
        { Metered(""" "Metering.OnClientDisconnect": "drian" """), Destinations, 4, "did you mean \"drain\"?" },
        { Metered(""" "Metering.ChargeBy": "token" """), Destinations, 4, "did you mean \"tokens\"?" },
        { Metered(""" "Metering.EnforceHold": "yes" """), Destinations, 4, "must be true or false" },
        { Metered(""" "Metering.EnforceHold": "true", "Metering.DefaultMaxOutputTokens": "0" """), Destinations, 4, "needs a Metering.DefaultMaxOutputTokens above 0" },
        { Metered(""" "Metering.FlatTokens": "-1" """), Destinations, 4, "must be a whole number from 0" },
        { Metered(""" "Metering.DefaultMaxOutputTokens": "4k" """), Destinations, 4, "must be a whole number from 0" },
        { Metered(""" "Metering.Action": "Chat!" """), Destinations, 4, "\"Chat!\" is no action type" },
        { Metered(""" "Metering.Action": "chat", "Metering.Actions": "blueprint,image" """), Destinations, 4, "is not among Metering.Actions" },
        { Metered(""" "Upstream.ApiKey": "env:SET" """), Destinations, 4, "does not belong here" },
        { """ "ClusterId": "d", "Match": { "Path": "/a" }, "Metadata": { "Metering.Kind": "none" } """, Destinations, 4, "there is no cluster \"d\"" },
        { """ "Match": { "Path": "/a" }, "Metadata": { "Metering.Kind": "none" } """, Destinations, 4, "says no ClusterId" },
        { """ "ClusterId": "c", "Metadata": { "Metering.Kind": "none" } """, Destinations, 4, "says no Match" },
        { """ "ClusterId": "c", "Match": { "Path": "/v1/organization/{**x}" }, "Metadata": { "Metering.Kind": "none" } """, Destinations, 4, "never forwarded" },
        { """ "ClusterId": "c", "Match": { "Path": "/a/{" }, "Metadata": { "Metering.Kind": "none" } """, Destinations, 4, "/a/{" },
        { Metered("", """ "Mach": {} """), Destinations, 4, "unknown key \"Mach\"; did you mean \"Match\"?" },
        { Metered("", """ "Timeout": "soon" """), Destinations, 4, "\"soon\" is not a duration" },
        { Metered("", """ "Order": "first" """), Destinations, 4, "\"first\" is not a whole number" },
        { Metered("", """ "Transforms": [ { "PathRemovPrefix": "/a" } ] """), Destinations, 4, "did you mean \"PathRemovePrefix\"?" },
        { Metered("", """ "Transforms": [ { "RequestHeader": "Authorization", "Set": "Bearer sk-1" } ] """), Destinations, 4, "a key must not be written here" },
        { Metered("", """ "AuthorizationPolicy": "nobody-knows-it" """), Destinations, 4, "nobody-knows-it" },
        { """ "ClusterId": "c", "Match": { "Path": "/a", "Headers": [ { "Name": "x", "Mode": "Exists2" } ] }, "Metadata": { "Metering.Kind": "none" } """, Destinations, 4, "did you mean \"Exists\"?" },
        { Metered(""), """ "Destinations": { "d": { "Address": "example.com" } } """, 7, "is not an http(s) address" },
        { Metered(""), """ "Destinations": { "d": { "Adress": "https://example.com" } } """, 7, "did you mean \"Address\"?" },
        { Metered(""), """ "Destinations": { } """, 7, "names no destination" },
        { Metered(""), Destinations + """ , "LoadBalancingPolicy": "Best" """, 7, "Best" },
        { Metered(""), Destinations + """ , "HttpRequest": { "VersionPolicy": "Exact" } """, 7, "unknown value \"Exact\"; known: RequestVersionOrLower" },
        { Metered(""), Destinations + """ , "HttpClient": { "SslProtocols": [ "Tls9" ] } """, 7, "did you mean" },
        { Metered(""), Destinations + """ , "HealthCheck": { "Active": { "Enabled": "maybe" } } """, 7, "\"maybe\" is not true or false" },
        { Metered(""), Destinations + """ , "Metadata": { "Upstream.ApiKey": "sk-proj-secret" } """, 7, "a key must not be written here" },
        { Metered(""), Destinations + """ , "Metadata": { "Upstream.ApiKei": "env:SET" } """, 7, "did you mean \"Upstream.ApiKey\"?" },
        { Metered(""), Destinations + """ , "Metadata": { "Upstream.AuthHeader": "a b" } """, 7, "is no header" },
        { Metered(""), Destinations + """ , "Metadata": { "Metering.Kind": "none" } """, 7, "does not belong here" },
        { Metered("", """ "Metadata": { } """), Destinations, 4, "stands here twice" },
        { Metered(""" "Metering.Models": "gpt-4o=d" """), Destinations, 4, "there is no such cluster; known: c" },
        { Metered(""" "Metering.Models": "gpt-4o" """), Destinations, 4, "is no pair" },
        { Metered(""" "Metering.Models": "g*t=c" """), Destinations, 4, "has a * inside" },
        { Metered(""" "Metering.Models": "gpt-4o=c, GPT-4o=c" """), Destinations, 4, "stands there twice" },
        { Metered(""" "Metering.Aliases": "fast=gpt-4o*" """), Destinations, 4, "which is no one model" },
        { Metered(""" "Metering.Aliases": "fast=quick, quick=gpt-4o" """), Destinations, 4, "which is an alias itself" },
        { Metered(""" "Metering.Aliasses": "fast=gpt-4o" """), Destinations, 4, "did you mean \"Metering.Aliases\"?" },
        { Metered(""), Deployment(""" "Upstream.Wieght": "1" """), 7, "did you mean \"Upstream.Weight\"?" },
        { Metered(""), Deployment(""" "Upstream.Weight": "-1" """), 7, "must be a whole number from 0" },
        { Metered(""), Deployment(""" "Upstream.Attempts": "2" """), 7, "unknown key \"Upstream.Attempts\"" },
        { Metered(""), Deployment(""" "Upstream.ApiKey": "sk-proj-secret" """), 7, "a key must not be written here" },
        { Metered(""), Deployment(""" "Upstream.Header.Authorization": "Bearer sk-proj-secret" """), 7, "a key must not be written here" },
        { Metered(""), Deployment(""" "Upstream.Header.Host": "example.com" """), 7, "Host is not for a file to set" },
        { Metered(""), Deployment(""" "Upstream.Header.a b": "1" """), 7, "is no header's name" },
        { Metered(""), Deployment(""" "Upstream.Model": "gpt*" """), 7, "is no one model" },
        { Metered(""), Destinations + """ , "Metadata": { "Upstream.Attempts": "0" } """, 7, "must be a whole number from 1 to 10" },
        { Metered(""), Destinations + """ , "Metadata": { "Upstream.AnswerWithin": "soon" } """, 7, "is not a duration" },
        { Metered(""), Destinations + """ , "LoadBalancingPolicy": "Weigted" """, 7, "Weigted" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_reported_with_its_file_and_line(string route, string cluster, int line, string message)
    {
        var json = RoutesJson.With(route, cluster);
        using var routes = Open();

        var problem = routes.Validate(Encoding.UTF8.GetBytes(json)).First(problem => problem.Message.Contains(message, StringComparison.Ordinal));

        Assert.Equal((_file.Path, line, false), (problem.File, problem.Place.Line, problem.IsWarning));
        Assert.DoesNotContain("sk-", problem.ToString());
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/", true)]
    [InlineData("https://[fe80::1]/v1/", true)]
    [InlineData("http://[::ffff:169.254.1.1]/v1/", true)]
    [InlineData("http://metadata.google.internal/", true)]
    [InlineData("http://10.0.0.7:8000/v1/", false)]
    [InlineData("http://169.253.169.254/", false)]
    public void An_address_where_clouds_keep_credentials_is_refused(string address, bool isRefused)
    {
        using var routes = Open();
        var problems = routes.Validate(Encoding.UTF8.GetBytes(RoutesJson.With("", $$""" "Destinations": { "d": { "Address": "{{address}}" } } """)));
        Assert.Equal(isRefused, problems.Any(problem => problem.Message.Contains("link-local", StringComparison.Ordinal)));
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        _file.Write(RoutesJson.With(Metered(""" "Metering.Knid": "x", "Metering.Access": "apps" """, """ "Odrer": 1 """), """ "Destinations": { } """));

        var exception = Assert.Throws<ConfigFileException>(Open);

        Assert.Equal([4, 4, 4, 7], exception.Problems.Select(problem => problem.Place.Line));
        Assert.Contains($"{_file.Path}(4,", exception.Message);
    }

    [Theory]
    [InlineData("""{ "Path": "/A", "Methods": ["post", "GET"] }""", """{ "Path": "/a", "Methods": ["POST"] }""", true)]
    [InlineData("""{ "Path": "/a" }""", """{ "Path": "/a" }""", true)]
    [InlineData("""{ "Path": "/a", "Methods": ["GET"] }""", """{ "Path": "/a", "Methods": ["POST"] }""", false)]
    [InlineData("""{ "Path": "/a", "Methods": ["GET"] }""", """{ "Path": "/a" }""", false)]
    [InlineData("""{ "Path": "/a", "Hosts": ["x.example"] }""", """{ "Path": "/a", "Hosts": ["y.example"] }""", false)]
    [InlineData("""{ "Path": "/a" }, "Order": 1""", """{ "Path": "/a" }""", false)]
    public void Two_routes_for_the_same_calls_are_refused(string one, string other, bool areTwins)
    {
        const string rest = """ "ClusterId": "c", "Metadata": { "Metering.Kind": "none" }, "Match": """;
        _file.Write(RoutesJson.With($"{rest} {one} }}, \"s\": {{ {rest} {other}"));
        var failed = Record.Exception(() => Open().Dispose());
        Assert.Equal(areTwins, failed is ConfigFileException && failed.Message.Contains("takes the same calls as", StringComparison.Ordinal));
        Assert.Equal(areTwins, failed is not null);
    }

    [Fact]
    public void A_weight_that_nothing_goes_by_is_warned_of()
    {
        using var routes = Open();
        var problem = Assert.Single(routes.Validate(Encoding.UTF8.GetBytes(RoutesJson.With(cluster: Deployment(""" "Upstream.Weight": "2" """)))));
        Assert.True(problem.IsWarning);
        Assert.Contains("has no effect", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai.chat", false)]
    [InlineData("openai.completions", false)]
    [InlineData("openai.responses", false)]
    [InlineData("anthropic.messages", false)]
    [InlineData("openai.embeddings", true)]
    [InlineData("gemini.generate", true)]
    public void A_hold_that_cannot_be_enforced_is_warned_of(string kind, bool isWarned)
    {
        using var routes = Open();
        var problems = routes.Validate(Encoding.UTF8.GetBytes(RoutesJson.With(Route($""" "Metering.Kind": "{kind}", "Metering.EnforceHold": true """))));
        Assert.Equal(isWarned, problems.Any(problem => problem.IsWarning && problem.Message.Contains("no output limit", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_deployments_own_word_counts_before_its_clusters()
    {
        _file.Write(RoutesJson.With(cluster: """
            "Metadata": { "Upstream.ApiKey": "env:SET", "Upstream.AuthHeader": "api-key", "Upstream.Header.X-Team": "a", "Upstream.Header.X-All": "1" },
            "Destinations": { "d": { "Address": "https://d.example" }, "e": { "Address": "https://e.example", "Metadata": { "Upstream.AuthHeader": "Authorization: Bearer", "Upstream.Header.x-team": "b", "Upstream.Model": "m" } } }
            """));
        using var routes = Open();
        var cluster = routes.ForCluster("c");
        var (d, e) = (cluster.Of("d"), cluster.Of("e"));
        Assert.Equal(("secret", "api-key", null), (d.ApiKey, d.AuthHeaderName, d.Model));
        Assert.Equal(("secret", "Authorization", "Bearer ", "m"), (e.ApiKey, e.AuthHeaderName, e.AuthValuePrefix, e.Model));
        Assert.Equal("a", d.Headers.Single(header => header.Key == "X-Team").Value);
        Assert.Equal(["1", "b"], e.Headers.Select(header => header.Value).Order());
    }

    [Theory]
    [InlineData("""{ "ReverseProxi": {} }""", "did you mean \"ReverseProxy\"?")]
    [InlineData("""{ "ReverseProxy": { "Routs": {} } }""", "did you mean \"Routes\"?")]
    [InlineData("""{ "ReverseProxy": 5 }""", "must be an object")]
    [InlineData("""{ "ReverseProxy": { "Routes": [ 1 ], "Clusters": {} } }""", "Routes must be an object")]
    [InlineData("""{ "ReverseProxy": { "Routes": { "a": 7 }, "Clusters": { "b": null } } }""", "must be an object")]
    [InlineData("""{ "ReverseProxy": { "Routes": { "a:b": {} }, "Clusters": { } } }""", "cannot be an id")]
    [InlineData("{", "not valid JSON")]
    public void A_file_of_another_shape_is_refused_with_a_reason(string json, string message)
    {
        using var routes = Open();
        Assert.Contains(routes.Validate(Encoding.UTF8.GetBytes(json)), problem => problem.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void All_metering_keys_are_read()
    {
        _file.Write(RoutesJson.With(Route("""
            "Metering.Kind": "OpenAI.Images", "Metering.Action": "image", "Metering.Actions": "image, blueprint", "Metering.Access": "App", "Metering.DefaultMaxOutputTokens": 12,
            "Metering.FlatTokens": "34", "Metering.WhenUsageMissing": "flat", "Metering.OnClientDisconnect": "cancel", "Metering.EnforceHold": true,
            "Metering.InjectStreamUsage": "false", "Metering.ChargeBy": "tokens", "Metering.AllowUnmetered": "true", "Someone.Elses": "x"
            """)));
        using var routes = Open();

        var route = routes.For("r");

        Assert.Equal(["blueprint", "image"], route.Actions.Order());
        Assert.Equal(new MeteredRoute
        {
            RouteId = "r", Format = UsageFormat.OpenAiImages, Action = "image", Actions = route.Actions, Access = RouteAccess.App, DefaultMaxOutputTokens = 12,
            FlatTokens = 34, WhenUsageMissing = WhenUsageMissing.Flat, OnClientDisconnect = OnClientDisconnect.Cancel, EnforceHold = true,
            InjectStreamUsage = false, ChargeBy = ChargeBy.Tokens, AllowUnmetered = true,
        }, route);
    }

    [Theory]
    [InlineData("env:SET", "api-key", "secret", "api-key", "")]
    [InlineData("env:SET", "Authorization: Bearer", "secret", "Authorization", "Bearer ")]
    [InlineData("env:UNSET", "x-goog-api-key", null, "x-goog-api-key", "")]
    public void A_cluster_knows_its_key_and_where_to_send_it(string key, string header, string? secret, string name, string prefix)
    {
        _file.Write(RoutesJson.With(cluster: $$""" {{Destinations}}, "Metadata": { "Upstream.ApiKey": "{{key}}", "Upstream.AuthHeader": "{{header}}" } """));
        using var routes = Open();

        var cluster = routes.ForCluster("c");

        Assert.Equal((secret, name, prefix), (cluster.Default.ApiKey, cluster.Default.AuthHeaderName, cluster.Default.AuthValuePrefix));
        Assert.Equal(secret is null, routes.Status.Problems.Any(problem => problem.IsWarning));
    }

    [Fact]
    public void A_key_is_read_from_a_file()
    {
        using var key = new EditedFile("from-a-file\n");
        _file.Write(RoutesJson.With(cluster: $$""" {{Destinations}}, "Metadata": { "Upstream.ApiKey": "file:{{key.Path}}" } """));
        using var routes = Open();
        Assert.Equal("from-a-file", routes.ForCluster("c").Default.ApiKey);
    }

    [Fact]
    public void Every_native_feature_is_read_as_YARP_reads_it()
    {
        _file.Write(RoutesJson.With(
            """
            "ClusterId": "c", "Order": 3, "Timeout": "00:00:05", "MaxRequestBodySize": 9,
            "Match": { "Path": "/a", "Hosts": [ "example.com" ], "Methods": [ "GET" ], "Headers": [ { "Name": "x", "Values": [ "1" ], "Mode": "HeaderPrefix", "IsCaseSensitive": true } ],
              "QueryParameters": [ { "Name": "q", "Mode": "Exists" } ] },
            "Transforms": [ { "PathRemovePrefix": "/a" }, { "RequestHeader": "x", "Set": "y" } ], "Metadata": { "Metering.Kind": "none" }
            """,
            Destinations + """
            , "LoadBalancingPolicy": "RoundRobin", "SessionAffinity": { "Enabled": true, "Policy": "Cookie", "AffinityKeyName": "k", "Cookie": { "SameSite": "Lax", "MaxAge": "01:00:00" } },
            "HealthCheck": { "Active": { "Enabled": true, "Interval": "00:00:10", "Path": "/up" }, "Passive": { "Enabled": false } },
            "HttpClient": { "SslProtocols": [ "Tls12", "Tls13" ], "MaxConnectionsPerServer": 7 }, "HttpRequest": { "ActivityTimeout": "00:11:00", "Version": "2", "VersionPolicy": "RequestVersionOrLower" }
            """));
        using var routes = Open();

        var (route, cluster) = (Assert.Single(routes.GetConfig().Routes), Assert.Single(routes.GetConfig().Clusters));

        Assert.Equal((3, TimeSpan.FromSeconds(5), 9L), (route.Order, route.Timeout, route.MaxRequestBodySize));
        Assert.Equal((HeaderMatchMode.HeaderPrefix, true), (route.Match.Headers?[0].Mode, route.Match.Headers?[0].IsCaseSensitive));
        Assert.Equal(QueryParameterMatchMode.Exists, route.Match.QueryParameters?[0].Mode);
        Assert.Equal(2, route.Transforms?.Count);
        Assert.Equal("RoundRobin", cluster.LoadBalancingPolicy);
        Assert.Equal(TimeSpan.FromHours(1), cluster.SessionAffinity?.Cookie?.MaxAge);
        Assert.Equal("/up", cluster.HealthCheck?.Active?.Path);
        Assert.Equal(System.Security.Authentication.SslProtocols.Tls12 | System.Security.Authentication.SslProtocols.Tls13, cluster.HttpClient?.SslProtocols);
        Assert.Equal(new Version(2, 0), cluster.HttpRequest?.Version);
        Assert.Empty(routes.Status.Problems);
    }

    [Fact]
    public void YARP_is_told_of_a_good_edit_and_not_of_a_bad_one()
    {
        using var routes = Open();
        var before = routes.GetConfig();

        _file.Write(RoutesJson.With(Metered(""" "Metering.Acess": "app" """)));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Same(before, routes.GetConfig());
        Assert.False(before.ChangeToken.HasChanged);

        _file.Write(RoutesJson.With(Metered(""" "Metering.Access": "app" """)));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(before.ChangeToken.HasChanged);
        Assert.Equal(RouteAccess.App, routes.For(Assert.Single(routes.GetConfig().Routes)).Access);
    }

    [Fact]
    public void A_call_goes_on_with_the_route_and_the_key_that_it_started_on()
    {
        _file.Write(RoutesJson.With(cluster: Destinations + """ , "Metadata": { "Upstream.ApiKey": "env:SET" } """));
        using var routes = Open();
        var (route, cluster) = (Assert.Single(routes.GetConfig().Routes), Assert.Single(routes.GetConfig().Clusters));

        _file.Write(RoutesJson.With(Metered(""" "Metering.Access": "app" """), """ "Destinations": { "d": { "Address": "https://other.example" } } """));
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(RouteAccess.Any, routes.For(route).Access);
        Assert.Equal("secret", routes.ForCluster(cluster).Default.ApiKey);
        Assert.Null(routes.ForCluster(Assert.Single(routes.GetConfig().Clusters)).Default.ApiKey);
    }

    [Fact]
    public async Task Readers_see_whole_versions_while_200_edits_come_in()
    {
        using var routes = Open();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadUntil(routes, done.Token), TestContext.Current.CancellationToken)).ToArray();

        for (var i = 1; i <= 200; i++)
        {
            _file.Swap(i % 3 == 0 ? "{ half" : Numbered(i));
            _clock.Advance(LiveFile<RouteTable>.LookEvery);
            _clock.Advance(LiveFile<RouteTable>.LookEvery);
        }
        await done.CancelAsync();
        var reads = await Task.WhenAll(readers);

        Assert.Equal(200, routes.For("r").FlatTokens);
        Assert.All(reads, count => Assert.True(count > 0));
    }

    // The order in YARP's route and the tokens in ours are the same number in every version.
    private static string Numbered(int i) => RoutesJson.With(Metered($$""" "Metering.FlatTokens": "{{i}}" """, $$""" "Order": {{i}} """));

    private static int ReadUntil(RoutesFile routes, CancellationToken done)
    {
        var reads = 0;
        for (; reads == 0 || !done.IsCancellationRequested; reads++)
        {
            var route = Assert.Single(routes.GetConfig().Routes);
            if (route.Order is { } order) Assert.Equal(order, routes.For(route).FlatTokens);
        }
        return reads;
    }

    private static string Route(string metadata) => $$""" {{Native}}, "Metadata": { {{metadata}} } """;

    private static string Deployment(string metadata) => $$""" "Destinations": { "d": { "Address": "https://example.com", "Metadata": { {{metadata}} } } } """;

    private static string Metered(string metadata, string? native = null) =>
        $$""" {{Native}}, {{(native is null ? "" : native + ",")}} "Metadata": { "Metering.Kind": "openai.chat"{{(metadata.Length == 0 ? "" : "," + metadata)}} } """;

    private RoutesFile Open() => new(
        new RoutesOptions { Path = _file.Path, Secret = name => name == "SET" ? "secret" : null },
        _services.GetRequiredService<IConfigValidator>(), _clock, NullLogger<RoutesFile>.Instance);

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection().AddLogging().AddRouting();
        services.AddReverseProxy();
        return services.BuildServiceProvider();
    }
}
