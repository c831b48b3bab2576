using Mono.Cecil;

namespace AiGateway.Tests.Architecture;

/// <summary>The walker is held against the compiler's own lists of what an assembly refers to: whatever stands there must have been seen.</summary>
public sealed class WalkerTests
{
    public static TheoryData<string> RealAssemblies => ["AiGateway.dll", "AiGateway.Tests.dll", "Yarp.ReverseProxy.dll", "Microsoft.EntityFrameworkCore.dll"];

    [Theory]
    [MemberData(nameof(RealAssemblies))]
    public void No_type_that_an_assembly_refers_to_goes_unseen(string file)
    {
        var module = Compiled.Load(file);
        var seen = Everything(module).SelectMany(s => WithDeclaring(s.Seen)).ToHashSet();
        Offences.None(module.GetTypeReferences().Where(IsCode).Select(type => type.FullName).Except(seen));
    }

    [Theory]
    [MemberData(nameof(RealAssemblies))]
    public void No_member_that_an_assembly_refers_to_goes_unseen(string file)
    {
        var module = Compiled.Load(file);
        var seen = Everything(module).Where(s => s.Api is not null).Select(s => $"{s.Seen.FullName}::{s.Api}").ToHashSet();
        var listed = module.GetMemberReferences().Where(m => IsCode(m.DeclaringType)).Select(m => $"{m.DeclaringType.GetElementType().FullName}::{m.Name}");
        Offences.None(listed.Except(seen));
    }

    [Fact]
    public void A_proxy_is_seen_to_send_requests_inside_its_state_machine()
    {
        var sightings = AssemblyWalker.Walk(Compiled.Load("Yarp.ReverseProxy.dll")).ToList();
        Assert.Contains(sightings, s => s is { Author.Name: "HttpForwarder", Member: "SendAsync", How: How.Instruction, Api: "SendAsync" }
            && s.Seen.FullName == "System.Net.Http.HttpMessageInvoker");
    }

    [Fact]
    public void A_page_stands_in_the_folder_that_its_compiled_name_begins_with()
    {
        var page = new TypeDefinition("AspNetCoreGeneratedDocument", "Pages_Admin_Index", TypeAttributes.Class);
        Assert.Equal("Pages", Compiled.GatewayMap.FolderOf(page));
    }

    private static IEnumerable<Sighting> Everything(ModuleDefinition module) =>
        AssemblyWalker.Walk(module).Concat(AssemblyWalker.WalkUnowned(module));

    /// <summary>Members of arrays are the runtime's own; permissions are a mark that compilers still set on unsafe assemblies, and nothing reads.</summary>
    private static bool IsCode(TypeReference type) => type is not ArrayType && type.Namespace != "System.Security.Permissions";

    private static IEnumerable<string> WithDeclaring(TypeReference type)
    {
        for (var at = type; at is not null; at = at.DeclaringType) yield return at.FullName;
    }
}
