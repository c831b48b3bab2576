using Mono.Cecil;

namespace AiGateway.Tests.Architecture;

/// <summary>Says which folder a type stands in, by its namespace.</summary>
/// <param name="prefix">The namespace of the root folder: AiGateway, or the planted trespassers' own.</param>
internal sealed class FolderMap(string prefix)
{
    /// <summary>Razor compiles a page to Folder_Name in a namespace of its own.</summary>
    private const string Razor = "AspNetCoreGeneratedDocument";

    /// <summary>Folder of the root, where Program alone stands.</summary>
    public const string Root = "";

    /// <returns>Null where the type is not ours.</returns>
    public string? FolderOf(TypeReference type)
    {
        var outermost = Sighting.Outermost(type);
        if (outermost.Namespace == Razor) return outermost.Name.Split('_')[0];
        if (outermost.Namespace == prefix || IsTopLevelProgram(outermost)) return Root;
        if (!outermost.Namespace.StartsWith(prefix + ".", StringComparison.Ordinal)) return null;
        return FolderAt(outermost.Namespace[(prefix.Length + 1)..].Split('.'));
    }

    /// <summary>The walls stand around the folders of the root, and in Pipeline around each step.</summary>
    /// <param name="parts">Folders or parts of a namespace, from the root; at least one.</param>
    public static string FolderAt(string[] parts) => parts is ["Pipeline", var step, ..] ? $"Pipeline/{step}" : parts[0];

    /// <summary>Top-level statements compile to a Program without a namespace.</summary>
    private static bool IsTopLevelProgram(TypeReference type) =>
        type is TypeDefinition { Namespace: "", Name: "Program" } program && program.Module.EntryPoint?.DeclaringType == program;
}
