using Microsoft.AspNetCore.Builder;
using Mono.Cecil;

namespace AiGateway.Tests.Architecture;

/// <summary>Compiled assemblies, as metadata to read.</summary>
internal static class Compiled
{
    public static readonly ModuleDefinition Gateway = Load("AiGateway.dll");

    public static readonly ModuleDefinition Tests = Load("AiGateway.Tests.dll");

    public static readonly FolderMap GatewayMap = new("AiGateway");

    /// <summary>Reads an assembly that lies beside the tests. The frameworks' folders are searched too: enums in attributes are read by their definition.</summary>
    public static ModuleDefinition Load(string file)
    {
        // The resolver lives as long as the module, which lives as long as the tests.
        var resolver = new DefaultAssemblyResolver();
        foreach (var anchor in new[] { typeof(object), typeof(WebApplication) })
            resolver.AddSearchDirectory(Path.GetDirectoryName(anchor.Assembly.Location));
        resolver.AddSearchDirectory(AppContext.BaseDirectory);
        return ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, file), new ReaderParameters { AssemblyResolver = resolver });
    }
}
