using System.Text.RegularExpressions;

namespace AiGateway.Tests.Architecture;

/// <summary>Documents are checked like code: what they point at is there.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void A_link_in_a_document_leads_somewhere() =>
        Offences.None(Repository.Files(".md").SelectMany(path => BrokenLinks(path, Repository.Read(path)).Select(link => $"{path}: {link}")));

    [Theory]
    [InlineData("[a](docs/architecture.md)", 0)]
    [InlineData("[a](docs/architecture.md#walls \"the walls\") ![b](src)", 0)]
    [InlineData("[a](https://example.com/x) [b](#here) [c](mailto:a@example.com)", 0)]
    [InlineData("```\n[a](no/such/file.md)\n``` and `[b](none.md)`", 0)]
    [InlineData("[a](docs/no-such-file.md)", 1)]
    [InlineData("![a](no-such-picture.png) [b](no-such-folder/)", 2)]
    public void A_broken_link_is_told_from_a_good_one(string text, int broken) =>
        Assert.Equal(broken, BrokenLinks("README.md", text).Count());

    [Fact]
    public void A_link_to_a_heading_finds_it() =>
        Offences.None(Repository.Files(".md").SelectMany(path => LostHeadings(path, Repository.Read(path)).Select(link => $"{path}: {link}")));

    [Fact]
    public void Headings_are_linked_to_as_they_are_shown() =>
        Assert.Equal(["metrics-dashboards-alarms", "gatewayv1", "live-and-ready"], Anchors("# Metrics, dashboards, alarms\n### /gateway/v1\n```\n# no heading\n```\n## Live and `ready`\n"));

    [Fact]
    public void A_decision_is_named_by_number_and_title() =>
        Assert.All(Decisions(), name => Assert.Matches(DecisionName(), name));

    [Fact]
    public void No_two_decisions_have_one_number() =>
        Offences.None(Decisions().GroupBy(name => name.Split('-')[0]).Where(group => group.Count() > 1).Select(group => string.Join(", ", group)));

    private static IEnumerable<string> Decisions() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs", "decisions")).Select(path => Path.GetFileName(path));

    private static IEnumerable<string> BrokenLinks(string document, string text) =>
        Link().Matches(Quoted().Replace(text, "")).Select(match => match.Groups[1].Value)
            .Where(link => !Outside().IsMatch(link) && !Repository.Has(Target(document, link)));

    private static IEnumerable<string> LostHeadings(string document, string text) =>
        from link in Link().Matches(Quoted().Replace(text, "")).Select(match => match.Groups[1].Value)
        where link.Contains('#') && !Scheme().IsMatch(link)
        let target = link[0] == '#' ? document : Target(document, link).Replace('\\', '/')
        where target.EndsWith(".md", StringComparison.Ordinal) && Repository.Has(target) && !Anchors(Repository.Read(target)).Contains(link.Split('#')[1])
        select link;

    /// <summary>As the usual viewers make them: small letters, hyphens for blanks, and nothing else but letters and digits.</summary>
    private static IEnumerable<string> Anchors(string text) =>
        Heading().Matches(Blocks().Replace(text, "")).Select(match => NoAnchor().Replace(match.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>A link starts at its document, or with a slash at the root.</summary>
    private static string Target(string document, string link)
    {
        var file = Uri.UnescapeDataString(link.Split('#', '?')[0]);
        return file.StartsWith('/') ? file[1..] : Path.Combine(Path.GetDirectoryName(document) ?? "", file);
    }

    [GeneratedRegex(@"\]\(\s*<?([^)\s>]+)>?[^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```[\s\S]*?^```|`[^`\n]*`", RegexOptions.Multiline)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^```[\s\S]*?^```", RegexOptions.Multiline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex(@"^[a-z][a-z0-9+.-]*:", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"^(#|[a-z][a-z0-9+.-]*:)", RegexOptions.IgnoreCase)]
    private static partial Regex Outside();

    [GeneratedRegex(@"^\d{4}-[a-z0-9]+(-[a-z0-9]+)*\.md$")]
    private static partial Regex DecisionName();
}
