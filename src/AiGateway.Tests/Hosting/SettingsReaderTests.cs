using AiGateway.Hosting;
using Microsoft.Extensions.Configuration;

namespace AiGateway.Tests.Hosting;

/// <summary>What is wrong with the settings of tokens and origins is said before anything starts.</summary>
public sealed class SettingsReaderTests
{
    [Theory]
    [InlineData(null, "/dashboard/tokens", null)]
    [InlineData("https://gw.example.com", "https://gw.example.com/dashboard/tokens", null)]
    [InlineData("https://gw.example.com:8443/", "https://gw.example.com:8443/dashboard/tokens", null)]
    [InlineData("https://gw.example.com/ai", "/dashboard/tokens", "Server__PublicUrl is 'https://gw.example.com/ai'")]
    [InlineData("gw.example.com", "/dashboard/tokens", "Server__PublicUrl is 'gw.example.com'")]
    public void A_public_address_is_a_scheme_and_a_host(string? url, string addTokens, string? problem)
    {
        var (settings, problems) = Read(("Server:PublicUrl", url));
        Expect(problem, problems, "Server");
        Assert.Equal(addTokens, settings.Admission.AddTokensUrl);
    }

    [Theory]
    [InlineData("Admin:Key", "short", "Admin__Key is shorter than 16 characters")]
    [InlineData("Metrics:Key", "short", "Metrics__Key is shorter than 16 characters")]
    [InlineData("Metrics:Key", "0123456789abcdef", null)]
    public void A_key_that_could_be_guessed_is_refused(string name, string key, string? problem) =>
        Expect(problem, Read((name, key)).Problems, name[..name.IndexOf(':')]);

    [Theory]
    [InlineData(null, 42, null)]
    [InlineData("1000", 1000, null)]
    [InlineData("0", 42, "Ledger__MaxBatchSize is '0'")]
    [InlineData("1001", 42, "Ledger__MaxBatchSize is '1001'")]
    public void Efs_batches_have_a_size(string? text, int size, string? problem)
    {
        var (settings, problems) = Read(("Ledger:MaxBatchSize", text));
        Expect(problem, problems, "Ledger");
        Assert.Equal(size, settings.Ledger.MaxBatchSize);
    }

    [Theory]
    [InlineData(null, true, null)]
    [InlineData("False", false, null)]
    [InlineData("no", true, "Ledger__UseSqlOutputClause is 'no'")]
    public void Ef_may_use_output_or_not(string? text, bool used, string? problem)
    {
        var (settings, problems) = Read(("Ledger:UseSqlOutputClause", text));
        Expect(problem, problems, "Ledger");
        Assert.Equal(used, settings.Ledger.UseSqlOutputClause);
    }

    [Theory]
    [InlineData("https://login.example.com", "gateway", null)]
    [InlineData("http://127.0.0.1:8080/realms/x", "gateway", null)]
    [InlineData(null, null, null)]
    [InlineData("https://login.example.com", null, "Jwt__Audience is not set")]
    [InlineData(null, "gateway", "Jwt__Authority is not set")]
    [InlineData("http://login.example.com", "gateway", "Jwt__Authority is 'http://login.example.com'")]
    [InlineData("login.example.com", "gateway", "Jwt__Authority is 'login.example.com'")]
    public void An_issuer_needs_a_safe_address_and_an_audience(string? authority, string? audience, string? problem)
    {
        var (settings, problems) = Read(("Jwt:Authority", authority), ("Jwt:Audience", audience));
        Expect(problem, problems, "Jwt");
        Assert.Equal(problem is null && authority is not null, settings.Jwt is not null);
    }

    [Theory]
    [InlineData("https://app.example.com, http://localhost:3000", null)]
    [InlineData("https://app.example.com/", "has 'https://app.example.com/'")]
    [InlineData("https://app.example.com/path", "has 'https://app.example.com/path'")]
    [InlineData("*", "has '*'")]
    [InlineData("ftp://app.example.com", "has 'ftp://app.example.com'")]
    public void An_origin_is_a_scheme_and_a_host(string origins, string? problem) =>
        Expect(problem, Read(("Cors:AllowedOrigins", origins)).Problems, "Cors");

    [Fact]
    public void Origins_may_be_a_list() =>
        Assert.Equal(
            ["https://a.example.com", "https://b.example.com"],
            Read(("Cors:AllowedOrigins:0", "https://a.example.com"), ("Cors:AllowedOrigins:1", "https://b.example.com")).Settings.AllowedOrigins);

    [Theory]
    [InlineData(null, "03:30:00", null)]
    [InlineData("23:59", "23:59:00", null)]
    [InlineData("off", null, null)]
    [InlineData("24:00", "03:30:00", "Stripe__ReconcileAt is '24:00'")]
    [InlineData("noon", "03:30:00", "Stripe__ReconcileAt is 'noon'")]
    public void The_nightly_comparison_has_a_time_of_day_or_is_off(string? text, string? at, string? problem)
    {
        var (settings, problems) = Read(("Stripe:ReconcileAt", text));
        Expect(problem, problems, "Stripe");
        Assert.Equal(at, settings.Stripe.ReconcileAt?.ToString());
    }

    private static void Expect(string? problem, IReadOnlyList<string> problems, string section)
    {
        var found = problems.Where(each => each.StartsWith(section, StringComparison.Ordinal)).ToList();
        if (problem is null)
            Assert.Empty(found);
        else
            Assert.Contains(problem, Assert.Single(found), StringComparison.Ordinal);
    }

    private static (GatewaySettings Settings, IReadOnlyList<string> Problems) Read(params IEnumerable<(string Key, string? Value)> settings) =>
        SettingsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(each => KeyValuePair.Create(each.Key, each.Value))).Build(), isProduction: false);
}
