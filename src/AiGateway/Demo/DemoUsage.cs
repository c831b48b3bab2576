using System.Text.Json.Nodes;

namespace AiGateway.Demo;

/// <summary>One answer's tokens, and the two forms in which the real provider reports them. Parts are inside their totals.</summary>
internal sealed record DemoUsage(long Input, long Cached, long Output, long Reasoning)
{
    // The real provider caches prompts from 1,024 tokens on, in steps of 128.
    private const long CachedFrom = 1024, CacheStep = 128;

    public static DemoUsage Of(long input, long output, long reasoning) =>
        new(input, input < CachedFrom ? 0 : input / 2 / CacheStep * CacheStep, output, reasoning);

    public JsonObject Plain() => new() { ["prompt_tokens"] = Input, ["completion_tokens"] = Output, ["total_tokens"] = Input + Output };

    public JsonObject Chat()
    {
        var usage = Plain();
        usage["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = Cached, ["audio_tokens"] = 0 };
        usage["completion_tokens_details"] = new JsonObject
        {
            ["reasoning_tokens"] = Reasoning, ["audio_tokens"] = 0, ["accepted_prediction_tokens"] = 0, ["rejected_prediction_tokens"] = 0,
        };
        return usage;
    }

    public JsonObject Responses() => new()
    {
        ["input_tokens"] = Input,
        ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = Cached },
        ["output_tokens"] = Output,
        ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Reasoning },
        ["total_tokens"] = Input + Output,
    };
}
