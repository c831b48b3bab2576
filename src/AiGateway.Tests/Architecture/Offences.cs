namespace AiGateway.Tests.Architecture;

/// <summary>Says every offence in full: whoever reads a failure must see all of them, each with its reason.</summary>
internal static class Offences
{
    public static void None(IEnumerable<string> found)
    {
        var all = found.Distinct().ToList();
        Assert.True(all.Count == 0, $"{all.Count} found:\n{string.Join('\n', all)}");
    }
}
