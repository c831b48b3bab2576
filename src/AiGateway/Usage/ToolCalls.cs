namespace AiGateway.Usage;

/// <summary>
/// Calls of a provider's own tools, which it bills by the piece. What its usage counts is believed; else the calls in the output are counted.
/// An answer repeats its output, so the document that shows most of them is the one.
/// </summary>
internal sealed class ToolCalls
{
    private const string WebSearch = "web_search";
    private const string FileSearch = "file_search";
    private const string CodeInterpreter = "code_interpreter";
    private const string ImageGeneration = "image_generation";

    private Counts _document;
    private Counts _most;

    public void Begin() => _document = default;

    /// <param name="itemType">The type of one item of an answer's output.</param>
    public void See(string? itemType)
    {
        switch (itemType)
        {
            case "web_search_call": _document.Web++; break;
            case "file_search_call": _document.File++; break;
            case "code_interpreter_call": _document.Code++; break;
            case "image_generation_call": _document.Image++; break;
        }
    }

    public void End() => _most = new Counts
    {
        Web = Math.Max(_most.Web, _document.Web), File = Math.Max(_most.File, _document.File),
        Code = Math.Max(_most.Code, _document.Code), Image = Math.Max(_most.Image, _document.Image),
    };

    /// <param name="usage">What the answer's usage says of tools.</param>
    public ValueList<UnitUse> Used(UsageTally usage)
    {
        if (usage is { WebSearches: not > 0, WebFetches: 0, OtherTools: 0 } && _most is { Web: 0, File: 0, Code: 0, Image: 0 })
        {
            return ValueList<UnitUse>.Empty;
        }

        // The sessions that code runs in are billed, not its calls: an answer uses one.
        UnitUse[] uses =
        [
            new(UsageUnit.ToolCall, usage.WebSearches ?? (usage.OtherTools > 0 ? 0 : _most.Web), WebSearch),
            new(UsageUnit.ToolCall, usage.WebFetches, "web_fetch"),
            new(UsageUnit.ToolCall, _most.File, FileSearch),
            new(UsageUnit.ToolCall, Math.Min(1, _most.Code), CodeInterpreter),
            // Azure's image tool reports no tokens; where it does, they are priced.
            new(UsageUnit.ToolCall, usage.ImageTool is null ? _most.Image : 0, ImageGeneration),
            new(UsageUnit.ToolCall, usage.OtherTools, "server_side_tool"),
        ];
        return uses.Any(use => use.Quantity > 0) ? new ValueList<UnitUse>([.. uses.Where(use => use.Quantity > 0)]) : ValueList<UnitUse>.Empty;
    }

    private struct Counts
    {
        public long Web;
        public long File;
        public long Code;
        public long Image;
    }
}
