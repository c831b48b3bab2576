namespace AiGateway.Tests.Architecture;

/// <summary>One folder's wall.</summary>
/// <param name="Folder">A folder below src/AiGateway, with / between its parts.</param>
/// <param name="MayImport">The folders of ours that its code may name; every other one is closed to it.</param>
/// <param name="NeverSees">The foreign things that its code may not name.</param>
/// <param name="Reason">Why; it is what a failing test says.</param>
internal sealed record Wall(string Folder, string[] MayImport, Area[] NeverSees, string Reason)
{
    /// <summary>Stands in <see cref="MayImport"/> for every folder there is.</summary>
    public const string Everything = "everything";

    public bool LetsIn(string folder) => MayImport.Contains(folder) || MayImport.Contains(Everything);
}

/// <summary>Something that only these folders may see.</summary>
internal sealed record Room(Area Area, string[] Only, string Reason);

/// <summary>Something that these folders may never see, beside what their own walls say.</summary>
internal sealed record Ban(Area Area, string[] Folders, string Reason);

/// <summary>A type that may look over the wall, for a stated reason.</summary>
/// <param name="Who">In words, for the document.</param>
/// <param name="Covers">Folder and name of the outermost type.</param>
/// <param name="MayImport">What it may import beside what its folder may.</param>
/// <param name="MaySee">What it may see of what its folder may not.</param>
internal sealed record Exemption(string Who, Func<string, string, bool> Covers, string[] MayImport, Area[] MaySee, string Reason);
