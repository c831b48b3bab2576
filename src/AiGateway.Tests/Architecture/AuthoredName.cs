using System.Text.RegularExpressions;
using Mono.Cecil;

namespace AiGateway.Tests.Architecture;

/// <summary>
/// Turns the compiler's names back into the author's: "&lt;Settle&gt;d__3::MoveNext" stands in Settle, and so does "&lt;&gt;c::&lt;Settle&gt;b__2_0".
/// Members of nested types carry the nested type's name, since only the outermost type is reported as the author.
/// </summary>
internal static partial class AuthoredName
{
    public static string Of(TypeDefinition type, string member)
    {
        var own = Written(member);
        for (var at = type; at.DeclaringType is not null; at = at.DeclaringType)
            own = IsCompilers(at.Name) ? Inside(Written(at.Name), own) : $"{at.Name}.{own}".TrimEnd('.');
        return own;
    }

    /// <summary>A state machine's name says more than the MoveNext in it; a closure's class says nothing.</summary>
    private static string Inside(string machine, string own) => machine.Length > 0 ? machine : own;

    private static bool IsCompilers(string name) => name.StartsWith('<');

    private static string Written(string name) =>
        !IsCompilers(name) ? name : Angled().Match(name) is { Success: true } inner ? Written(inner.Groups[1].Value) : "";

    /// <summary>Lambdas inside local functions nest the brackets: &lt;&lt;Outer&gt;g__Inner|0&gt;b__1.</summary>
    [GeneratedRegex(@"^<(.+)>[a-z_|]")]
    private static partial Regex Angled();
}
