using System.Reflection;
using System.Text.RegularExpressions;
using AiGateway.Pipeline;
using AiGateway.Tests.Architecture;

namespace AiGateway.Tests.Documents;

/// <summary>Whoever is refused finds the code in docs/api.md, with the status and type that he saw; and somebody tests each.</summary>
public sealed partial class RefusalTests
{
    private const string Document = "docs/api.md";

    private static readonly string[] Rows = [.. Repository.Read(Document).Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))];

    [Fact]
    public void Every_refusal_is_in_the_document_with_its_status_and_type() =>
        Offences.None(Made().Where(refusal => !Rows.Any(row => row.StartsWith($"| {refusal.Status} | `{refusal.Code}` (`{refusal.Type}`) |", StringComparison.Ordinal)))
            // What is no proper HTTP has its own sentence: no type fits there.
            .Where(refusal => refusal.Code != "bad_request" || !Repository.Read(Document).Contains("code `bad_request`", StringComparison.Ordinal))
            .Select(refusal => $"{refusal.Status} {refusal.Code} ({refusal.Type})"));

    [Fact]
    public void The_document_names_no_refusal_that_nobody_makes()
    {
        var made = Made().Select(refusal => refusal.Code).ToHashSet(StringComparer.Ordinal);
        Offences.None(Rows.Select(row => Row().Match(row)).Where(match => match.Success && !made.Contains(match.Groups[1].Value)).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void Every_code_is_named_by_a_test()
    {
        var tests = string.Concat(Repository.Code(".cs").Where(path => path.StartsWith("src/AiGateway.Tests/", StringComparison.Ordinal) && !path.EndsWith("RefusalTests.cs", StringComparison.Ordinal)).Select(Repository.Read));
        Offences.None(Made().Select(refusal => refusal.Code).Distinct().Where(code => !tests.Contains(code, StringComparison.Ordinal)));
    }

    /// <summary>One of each: the factories of <see cref="Refusal"/> are the closed list.</summary>
    private static IEnumerable<Refusal> Made() =>
        typeof(Refusal).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => method.ReturnType == typeof(Refusal))
            .Select(method => (Refusal)(method.Invoke(null, [.. method.GetParameters().Select(Anything)]) ?? throw new InvalidOperationException($"{method.Name} made nothing.")));

    private static object? Anything(ParameterInfo parameter) =>
        parameter.HasDefaultValue ? parameter.DefaultValue
        : parameter.ParameterType == typeof(string) ? "x"
        : parameter.ParameterType == typeof(TimeSpan) ? TimeSpan.FromHours(1)
        : parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType)
        : parameter.ParameterType.IsArray ? Array.CreateInstance(parameter.ParameterType.GetElementType() ?? typeof(object), 0)
        : Array.Empty<string>();

    [GeneratedRegex(@"^\| [45]\d\d \| `(\w+)` \(`\w+`\)")]
    private static partial Regex Row();
}
