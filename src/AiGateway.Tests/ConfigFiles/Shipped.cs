namespace AiGateway.Tests.ConfigFiles;

/// <summary>The configuration files that the repository ships.</summary>
internal static class Shipped
{
    public static string Path(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "AiGateway.sln")))
                return System.IO.Path.Combine(folder.FullName, "config", file);
        throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    public static byte[] Bytes(string file) => File.ReadAllBytes(Path(file));
}
