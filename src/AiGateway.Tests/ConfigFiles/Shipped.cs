using AiGateway.Tests.Support;

namespace AiGateway.Tests.ConfigFiles;

/// <summary>The configuration files that the repository ships.</summary>
internal static class Shipped
{
    public static string Path(string file) => System.IO.Path.Combine(RepositoryRoot.Find(), "config", file);

    public static byte[] Bytes(string file) => File.ReadAllBytes(Path(file));

    /// <summary>Puts the shipped files into a gateway's working directory: what a test edits is not another one's.</summary>
    /// <param name="routes">Another routes.json; null: the shipped one.</param>
    public static void CopyTo(string folder, string? routes = null)
    {
        var config = Directory.CreateDirectory(System.IO.Path.Combine(folder, "config")).FullName;
        foreach (var file in (string[])["routes.json", "prices.json", "plans.json"])
            File.Copy(Path(file), System.IO.Path.Combine(config, file));
        if (routes is not null)
            File.WriteAllText(System.IO.Path.Combine(config, "routes.json"), routes);
    }

    /// <inheritdoc cref="CopyTo(string, string?)"/>
    public static void CopyTo(string folder) => CopyTo(folder, null);
}
