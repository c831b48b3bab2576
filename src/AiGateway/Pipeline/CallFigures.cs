using System.Diagnostics;
using System.Globalization;
using AiGateway.Pricing;
using AiGateway.Telemetry;

namespace AiGateway.Pipeline;

/// <summary>What a call that went up tells the instruments when it has ended.</summary>
internal sealed class CallFigures(IPriceBookSource prices, TimeProvider time)
{
    public void Record(MeteredCall call)
    {
        if (call is not { WentUpAt: > 0, AnsweredAt: > 0 })
            return;
        var (operation, provider) = GenAi.Of(call.Route.Format);
        var upstream = time.GetElapsedTime(call.WentUpAt, call.AnsweredAt);
        var tags = new TagList { { Names.Operation, operation }, { Names.Provider, provider }, { Names.RequestModel, LabelOf(call.Facts?.Model) } };
        if (call.FirstByteAt > 0)
            Instruments.TimeToFirstChunk.Record(time.GetElapsedTime(call.WentUpAt, call.FirstByteAt).TotalSeconds, tags);
        Instruments.Overhead.Record((time.GetElapsedTime(call.StartedAt) - upstream).TotalSeconds);
        RecordTokens(call, tags);
        if (ErrorOf(call) is { } error)
            tags.Add(Names.ErrorType, error);
        Instruments.OperationDuration.Record(upstream.TotalSeconds, tags);
        if (call is { HeldTokens: > 0, Settled: { Source: not null, Tokens: var charged } })
            Instruments.HoldRatio.Record((double)charged / call.HeldTokens);
    }

    /// <summary>On the provider's span, which is over before the charge.</summary>
    public static void Describe(Activity? span, MeteredCall call)
    {
        if (span is null)
            return;
        span.SetTag(Names.ResponseModel, call.Answer?.Usage.Model).SetTag(Names.InputTokens, call.Answer?.Usage.Tokens?.Input).SetTag(Names.OutputTokens, call.Answer?.Usage.Tokens?.Output);
        if (ErrorOf(call) is { } error)
            span.SetTag(Names.ErrorType, error).SetStatus(ActivityStatusCode.Error);
    }

    private static void RecordTokens(MeteredCall call, TagList tags)
    {
        if (call.Answer?.Usage.Tokens is not { } used)
            return;
        if (used.Input is { } input)
            Record(input, Names.Input, tags);
        if (used.Output is { } output)
            Record(output, Names.Output, tags);
    }

    private static void Record(long tokens, string type, TagList tags)
    {
        tags.Add(Names.TokenType, type);
        Instruments.TokenUsage.Record(tokens, tags);
    }

    /// <summary>Callers may name any model: one that has no price would be a label of its own for ever.</summary>
    private string LabelOf(string? model) => model is not null && prices.Current.HasPrice(model) ? model : Names.OtherModel;

    private static string? ErrorOf(MeteredCall call) =>
        call.UpstreamStatus == 0 ? "no_answer"
        : call.UpstreamStatus >= 400 ? call.UpstreamStatus.ToString(CultureInfo.InvariantCulture)
        : call.IsAborted ? "cut"
        : call.Answer?.Usage.Error is null ? null : "error_in_stream";
}
