namespace AiGateway.Tests.ConfigFiles;

/// <summary>A file of its own to edit, gone at the end of the test.</summary>
internal sealed class EditedFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aigateway-");

    public EditedFile(string content, string name = "config.json")
    {
        Path = System.IO.Path.Combine(_folder.FullName, name);
        File.WriteAllText(Path, content);
    }

    public string Path { get; }

    public void Write(string content) => File.WriteAllText(Path, content);

    /// <summary>As editors save: a new file moved over the old one.</summary>
    public void Swap(string content)
    {
        var other = Path + ".new";
        File.WriteAllText(other, content);
        File.Move(other, Path, overwrite: true);
    }

    public void Delete() => File.Delete(Path);

    public void Dispose() => _folder.Delete(recursive: true);
}
