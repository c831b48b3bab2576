namespace AiGateway.Tests.Support;

/// <summary>Where the repository stands: the folder with the solution in it, found upwards from the test's own output.</summary>
internal static class RepositoryRoot
{
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "AiGateway.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"No AiGateway.sln above {AppContext.BaseDirectory}.");
    }
}
