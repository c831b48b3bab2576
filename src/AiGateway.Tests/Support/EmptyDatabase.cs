using AiGateway.Storage;

namespace AiGateway.Tests.Support;

/// <summary>A database of today's schema without rows. Migrated once and copied: EF's share of a migration is longer than most tests, and half of a gateway's start.</summary>
internal static class EmptyDatabase
{
    private static readonly Lazy<Task<byte[]>> Content = new(MigrateAsync);

    /// <param name="path">A file that is not there yet, in a folder that may be missing too.</param>
    public static async Task WriteAsync(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? ".");
        await File.WriteAllBytesAsync(path, await Content.Value, TestContext.Current.CancellationToken);
    }

    private static async Task<byte[]> MigrateAsync()
    {
        using var folder = new TempFolder();
        var path = folder.File("empty.db");
        await new SqliteSchemaMigrator($"Data Source={path}").EnsureAsync(CancellationToken.None);
        return await File.ReadAllBytesAsync(path, CancellationToken.None);
    }
}
