using System.Security.Cryptography;
using System.Text.Json;
using AiGateway.Accounts;

namespace AiGateway.Demo;

/// <summary>
/// The keys that Development makes and prints. They are kept in a file beside the database, readable by its owner only,
/// so that a restart does not break the app that uses them. Production never reads or writes it.
/// </summary>
internal sealed record DevelopmentKeys(string AppKey, string AdminKey)
{
    public const string KeyName = "development (printed at start)";
    private const string FileName = "development-keys.json";

    public static async Task<DevelopmentKeys> LoadOrMakeAsync(string folder, CancellationToken cancel)
    {
        var path = Path.Combine(folder, FileName);
        if (await ReadAsync(path, cancel) is { } kept)
            return kept;
        Directory.CreateDirectory(folder);
        var made = new DevelopmentKeys(KeyMaker.Make(KeyKind.App).ToString(), "agw_adm_" + RandomNumberGenerator.GetHexString(48, lowercase: true));
        // Two processes may start at once: whoever creates the file first names the keys for both.
        var draft = $"{path}.{Environment.ProcessId}";
        await using (var file = new FileStream(draft, OwnerOnly()))
            await JsonSerializer.SerializeAsync(file, made, cancellationToken: cancel);
        try
        {
            File.Move(draft, path, overwrite: false);
            return made;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
            return await ReadAsync(path, cancel) ?? throw new InvalidDataException($"{path} does not hold the development keys; delete it.");
        }
    }

    /// <summary>Makes the app key known to this database.</summary>
    public async Task RegisterAsync(KeyStore keys, CancellationToken cancel)
    {
        var key = ApiKey.Parse(AppKey) ?? throw new InvalidDataException("The development key file does not hold an app key; delete it.");
        await keys.SaveIfNewAsync(key, KeyName, cancel);
    }

    private static async Task<DevelopmentKeys?> ReadAsync(string path, CancellationToken cancel)
    {
        if (!File.Exists(path))
            return null;
        await using var file = File.OpenRead(path);
        return await JsonSerializer.DeserializeAsync<DevelopmentKeys>(file, cancellationToken: cancel);
    }

    private static FileStreamOptions OwnerOnly()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
