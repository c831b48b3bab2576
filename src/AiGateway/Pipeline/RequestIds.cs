using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AiGateway.Pipeline;

/// <summary>Gives every request an id of ours, tells it on every answer, and turns bugs into a plain 500 that carries it.</summary>
internal sealed class RequestIds(RequestDelegate next, TimeProvider time, ILogger<RequestIds> log)
{
    private const string Item = "AiGateway.RequestId";

    public static string Of(HttpContext context) =>
        context.Items[Item] as string ?? throw new InvalidOperationException("RequestIds runs first.");

    public async Task InvokeAsync(HttpContext context)
    {
        var id = "req_" + NewId(time.GetUtcNow().ToUnixTimeMilliseconds());
        context.Items[Item] = id;
        context.Response.OnStarting(() =>
        {
            // At the last moment, because a cleared response loses its headers.
            context.Response.Headers[CallHeaders.RequestId] = id;
            return Task.CompletedTask;
        });
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller left in the middle of his own request: there is nobody to answer.
        }
        catch (AnswerBrokeOffException)
        {
            throw;
        }
        catch (BadHttpRequestException error) when (!context.Response.HasStarted)
        {
            if (context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase))
                await RefusalWriter.WriteAsync(context, Refusal.BadRequest(error.Message, error.StatusCode));
            else
                await Results.Problem(error.InnerException?.Message ?? error.Message, statusCode: error.StatusCode, title: "bad request",
                    extensions: new Dictionary<string, object?> { ["code"] = "bad_request" }).ExecuteAsync(context);
        }
        catch (Exception error)
        {
            Telemetry.Log.Unexpected(log, id, error);
            if (context.Response.HasStarted)
                context.Abort();
            else
                await AnswerAsync(context);
        }
    }

    /// <summary>
    /// A UUID of version 7: ids sort by time, so that a hold's or a row's age can be read off its id. Not <see cref="Guid"/>'s own,
    /// which asks the kernel for its random bits at every call.
    /// </summary>
    private static string NewId(long nowMs)
    {
        Span<byte> id = stackalloc byte[16];
        RandomNumberGenerator.Fill(id[6..]);
        BinaryPrimitives.WriteInt32BigEndian(id, unchecked((int)(nowMs >> 16)));
        BinaryPrimitives.WriteUInt16BigEndian(id[4..], unchecked((ushort)nowMs));
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return Convert.ToHexStringLower(id);
    }

    private static Task AnswerAsync(HttpContext context)
    {
        context.Response.Clear();
        return RefusalWriter.WriteAsync(context, Refusal.Internal());
    }
}
