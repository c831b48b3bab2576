using System.Security.Cryptography;
using System.Text;
using AiGateway.Ledger;

namespace AiGateway.Pipeline.Admission;

/// <summary>Takes an Idempotency-Key: claims it for the call, finds the answer of the call that had it before, or refuses.</summary>
internal sealed class IdempotencyDesk(IdempotentAnswers answers, TimeProvider time)
{
    /// <summary>A caller waits this long for his key to be free again; it goes on by itself after that.</summary>
    private static readonly TimeSpan FreeWait = TimeSpan.FromSeconds(1);

    /// <summary>A key means something where there is a JSON body: a repeated form has another boundary, and could not be compared.</summary>
    public static bool Concerns(MeteredCall call) => call is { Headers.IdempotencyKey: not null, Body: not null, Facts.IsForm: false };

    /// <summary>Fills <see cref="MeteredCall.Idempotency"/> or <see cref="MeteredCall.Replay"/>.</summary>
    public async Task<Refusal?> ClaimAsync(HttpRequest request, MeteredCall call)
    {
        var claim = Claim(request, call);
        ClaimAnswer answer;
        try
        {
            answer = await answers.ClaimAsync(claim);
        }
        catch (LedgerUnavailableException)
        {
            return Refusal.LedgerUnavailable();
        }
        switch (answer.Outcome)
        {
            case ClaimOutcome.Claimed:
                call.Idempotency = new IdempotentCall(claim);
                return null;
            case ClaimOutcome.Kept:
                call.Replay = answer.Answer;
                return null;
            case ClaimOutcome.InProgress:
                return Refusal.IdempotencyInProgress();
            case ClaimOutcome.BodyDiffers:
                return Refusal.IdempotencyKeyReused();
            case ClaimOutcome.NotKept:
                return Refusal.IdempotencyAnswerNotKept(IdempotentCall.KeptLimit);
            default:
                throw new InvalidOperationException($"No answer to a claim that ended {answer.Outcome}.");
        }
    }

    /// <summary>Frees the key of a call that came to nothing; does nothing where settlement has ended it.</summary>
    public async Task FreeAsync(MeteredCall call)
    {
        if (call.Idempotency is not { IsEnded: false } key)
            return;
        key.IsEnded = true;
        var freeing = answers.FreeAsync(key.Claim);
        if (!freeing.IsCompleted)
            await Task.WhenAny(freeing, Task.Delay(FreeWait, time));
    }

    private static IdempotencyClaim Claim(HttpRequest request, MeteredCall call)
    {
        var body = call.Body ?? throw new InvalidOperationException("A key is looked at where there is a body.");
        // A header has no line feed, so the last one ends the path, whatever the path holds.
        var key = Encoding.UTF8.GetBytes($"{request.Method}\n{request.Path.Value}\n{call.Headers.IdempotencyKey}");
        return new IdempotencyClaim(call.UserId, SHA256.HashData(key), body.Look(bytes => SHA256.HashData(bytes)), call.RequestId);
    }
}
