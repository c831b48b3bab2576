using System.Globalization;
using System.Net.Http.Headers;
using AiGateway.Usage;

namespace AiGateway.Pipeline.Forwarding;

/// <summary>An answer that is thrown away for another deployment's. Only what it says was used is kept: the provider bills it.</summary>
internal static class DiscardedAnswer
{
    /// <summary>An error body is a few hundred bytes; what is larger is not looked at.</summary>
    private const int ReadLimit = 64 * 1024;

    /// <summary>A failing deployment is not waited for: its body is there with its headers, or it is not.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task TakeAsync(MeteredCall call, HttpResponseMessage answer, CancellationToken cancel)
    {
        call.HasMovedOn = true;
        if (call.Hold is not null && await UsageOfAsync(answer, call.Route.Format, cancel) is { Tokens: not null } used)
            (call.Discarded ??= []).Add(used);
    }

    /// <summary>How long the deployment asks to be left alone; null: it does not.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage answer)
    {
        if ((int)answer.StatusCode < 400)
            return null;
        if (answer.Headers.NonValidated.TryGetValues("retry-after-ms", out var exact)
            && double.TryParse(exact.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds is > 0 and < 86_400_000)
            return TimeSpan.FromMilliseconds(milliseconds);
        return answer.Headers.RetryAfter is RetryConditionHeaderValue { Delta: { } delta } && delta > TimeSpan.Zero ? delta
            : answer.Headers.RetryAfter?.Date - answer.Headers.Date is { } wait && wait > TimeSpan.Zero ? wait
            : null;
    }

    private static async Task<UsageReport?> UsageOfAsync(HttpResponseMessage answer, UsageFormat format, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            var peeked = await PeekedContent.OverAsync(answer.Content, ReadLimit, patience.Token);
            answer.Content = peeked;
            var reader = AnswerReader.For(format, AnswerFraming.Json);
            using var body = new MemoryStream();
            await peeked.Decoded().CopyToAsync(body, patience.Token);
            reader.Read(body.GetBuffer().AsSpan(0, (int)body.Length));
            reader.Complete();
            return reader.Report;
        }
        catch (Exception error) when (error is IOException or HttpRequestException or InvalidDataException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            // It broke off, hung or cannot be decoded, and was an error before that: nothing says that it was billed.
            return null;
        }
    }
}
