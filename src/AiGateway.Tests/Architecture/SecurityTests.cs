using System.Text.RegularExpressions;
using AiGateway.Pages;
using Microsoft.AspNetCore.Http;

namespace AiGateway.Tests.Architecture;

/// <summary>The threat model is held to its tests.</summary>
public sealed partial class SecurityTests
{
    private const string Document = "docs/security.md";

    private static string[] Threats => [.. Repository.Read(Document).Split("## Threats")[1].Split("\n## ")[0].Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)];

    [Fact]
    public void Every_line_of_the_threat_model_names_a_test_that_exists()
    {
        var tests = typeof(SecurityTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttributes(typeof(FactAttribute), inherit: true).Length > 0).Select(method => $"{type.Name}.{method.Name}")).ToHashSet();
        Assert.True(Threats.Length > 25, $"{Threats.Length} lines");
        Offences.None(Threats.Where(line => !Named().IsMatch(line)).Select(line => $"{Document}: no test is named in {line}"));
        Offences.None(Threats.SelectMany(line => Named().Matches(line)).Select(match => match.Groups[1].Value).Where(name => !tests.Contains(name)).Select(name => $"{Document}: there is no test {name}"));
    }

    [Fact]
    public void Every_page_says_what_a_browser_may_do_with_it()
    {
        IHeaderDictionary headers = new HeaderDictionary();
        PageHeaders.Write(headers);
        var policy = headers.ContentSecurityPolicy.ToString();
        foreach (var part in new[] { "default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'" })
            Assert.Contains(part, policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal(("nosniff", "DENY", "no-store"), (headers.XContentTypeOptions.ToString(), headers.XFrameOptions.ToString(), headers.CacheControl.ToString()));
    }

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex Named();
}
