using System.Text.RegularExpressions;
using AiGateway.Billing;
using AiGateway.Hosting;
using AiGateway.Tests.Support;
using Microsoft.Extensions.Configuration;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace AiGateway.Tests.Hosting;

/// <summary>The container files, as far as they can be checked without an engine: forms, names, ports, files and variables.</summary>
public sealed class ContainerTests
{
    private static readonly string Root = RepositoryRoot.Find();
    private static readonly string Dockerfile = File.ReadAllText(Path.Combine(Root, "Dockerfile"));
    private static readonly string[] ServiceKeys =
    [
        "image", "build", "restart", "stop_grace_period", "read_only", "tmpfs", "cap_drop", "security_opt", "environment", "depends_on", "healthcheck", "volumes",
        "ports", "command", "profiles",
    ];

    [Fact]
    public void Services_use_keys_that_compose_knows() =>
        Assert.All(Services(), service => Assert.All(service.Value.Keys, key => Assert.Contains(key, ServiceKeys)));

    [Fact]
    public void Whoever_waits_for_a_service_waits_for_one_that_can_tell()
    {
        var services = Services();
        foreach (var (name, service) in services)
            foreach (var (other, how) in Map(service.GetValueOrDefault("depends_on")))
            {
                Assert.True(services.TryGetValue(other, out var waited), $"{name} waits for {other}, which is no service.");
                var condition = Text(Map(how)["condition"]);
                Assert.Contains(condition, new[] { "service_healthy", "service_completed_successfully" });
                Assert.True(condition != "service_healthy" || Map(waited.GetValueOrDefault("healthcheck")).ContainsKey("test"), $"{other} has no health check.");
                Assert.True(condition == "service_healthy" || Text(waited["restart"]) == "no", $"{other} never completes.");
            }
    }

    [Fact]
    public void Files_that_are_mounted_are_there_and_volumes_are_declared()
    {
        var volumes = Map(Compose()["volumes"]).Keys;
        foreach (var mount in Services().Values.SelectMany(service => List(service.GetValueOrDefault("volumes"))).Select(mount => mount.Split(':')[0]))
            Assert.True(mount.StartsWith("./", StringComparison.Ordinal) ? File.Exists(Path.Combine(Root, mount)) : volumes.Contains(mount), $"{mount} is not there.");
    }

    [Fact]
    public void Files_that_the_image_is_built_of_are_there()
    {
        foreach (Match copy in Regex.Matches(Dockerfile, "^COPY (?!--from)(.+)$", RegexOptions.Multiline))
            foreach (var source in copy.Groups[1].Value.Split(' ')[..^1])
                Assert.True(Path.Exists(Path.Combine(Root, source)), $"{source} is not there.");
    }

    /// <summary>Without an architecture nothing is compiled ahead, and a new container is slow for its first half minute.</summary>
    [Fact]
    public void The_image_is_compiled_ahead_for_the_machine_it_will_run_on()
    {
        Assert.Matches(@"ARG TARGETARCH\n", Dockerfile);
        Assert.All(["restore", "publish"], verb => Assert.Matches($@"RUN dotnet {verb} src/AiGateway --arch \$\{{TARGETARCH:-\$\(dpkg --print-architecture\)\}} ", Dockerfile));
    }

    [Fact]
    public void The_gateway_runs_without_rights_on_a_file_system_that_it_cannot_change()
    {
        var last = Dockerfile[Dockerfile.LastIndexOf("FROM ", StringComparison.Ordinal)..];
        Assert.Contains("USER $APP_UID", last, StringComparison.Ordinal);
        Assert.All(Gateways(), gateway => Assert.Equal("true", Text(gateway["read_only"])));
        Assert.Contains("VOLUME /app/data", last, StringComparison.Ordinal);
        Assert.All(Gateways(), gateway => Assert.Contains(List(gateway["volumes"]), mount => mount.EndsWith(":/app/data", StringComparison.Ordinal)));
    }

    [Fact]
    public void One_port_is_meant_by_the_image_the_health_check_the_balancer_and_the_forwarding_of_events()
    {
        Assert.Contains("EXPOSE 8080", Dockerfile, StringComparison.Ordinal);
        Assert.Contains("ASPNETCORE_HTTP_PORTS=8080", Dockerfile, StringComparison.Ordinal);
        Assert.All(Gateways(), gateway => Assert.Contains("/dev/tcp/127.0.0.1/8080", string.Join(' ', List(Map(gateway["healthcheck"])["test"])), StringComparison.Ordinal));
        var upstreams = Regex.Matches(File.ReadAllText(Path.Combine(Root, "config/compose/balancer.conf")), @"server (gateway-\d):8080 ").Select(match => match.Groups[1].Value);
        Assert.Equal(Services().Keys.Where(name => name.StartsWith("gateway-", StringComparison.Ordinal)), upstreams);
        Assert.Contains("http://gateway-1:8080" + WebhookDoor.Path, List(Services()["stripe"]["command"]));
    }

    [Fact]
    public void The_gateways_variables_are_settings_that_production_takes()
    {
        foreach (var gateway in Gateways())
        {
            var values = Map(gateway["environment"]).ToDictionary(
                variable => variable.Key.Replace("__", ":", StringComparison.Ordinal), variable => (string?)Regex.Replace(Text(variable.Value), @"\$\{(\w+)(:[-?][^}]*)?\}", set => set.Groups[1].Value.EndsWith("_URL", StringComparison.Ordinal) ? "https://gw.example.com" : "sk_0123456789abcdef"));
            var (settings, problems) = SettingsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), isProduction: true);
            Assert.DoesNotContain(problems, problem => !problem.StartsWith("config/", StringComparison.Ordinal));
            Assert.Equal("SqlServer", settings.Ledger.Provider.ToString());
        }
    }

    [Fact]
    public void Somebody_migrates_before_the_first_gateway_starts()
    {
        Assert.Equal(["db", "migrate"], List(Services()["migrate"]["command"]));
        Assert.All(Gateways(), gateway => Assert.Equal("service_completed_successfully", Text(Map(Map(gateway["depends_on"])["migrate"])["condition"])));
    }

    private static IEnumerable<IReadOnlyDictionary<string, object?>> Gateways() =>
        Services().Where(service => service.Key.StartsWith("gateway-", StringComparison.Ordinal)).Select(service => service.Value);

    private static Dictionary<string, IReadOnlyDictionary<string, object?>> Services() => Map(Compose()["services"]).ToDictionary(service => service.Key, service => Map(service.Value));

    private static IReadOnlyDictionary<string, object?> Compose() =>
        Map(new DeserializerBuilder().Build().Deserialize<object>(new MergingParser(new Parser(new StringReader(File.ReadAllText(Path.Combine(Root, "docker-compose.yml")))))));

    private static IReadOnlyDictionary<string, object?> Map(object? yaml) =>
        yaml is IDictionary<object, object?> map ? map.ToDictionary(entry => Text(entry.Key), entry => entry.Value) : new Dictionary<string, object?>();

    private static IReadOnlyList<string> List(object? yaml) => yaml is IEnumerable<object> list ? [.. list.Select(Text)] : [];

    private static string Text(object? yaml) => yaml?.ToString() ?? "";
}
