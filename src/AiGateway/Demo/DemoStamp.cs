using System.Security.Cryptography;
using System.Text;

namespace AiGateway.Demo;

/// <summary>One request's number since start. Ids are hashes of it and of what was asked: unlike each other, alike in every run.</summary>
internal sealed class DemoStamp(long number, TimeProvider time)
{
    /// <summary>Unix seconds, as <c>created</c> has them.</summary>
    public long Created { get; } = time.GetUtcNow().ToUnixTimeSeconds();

    public TimeProvider Time => time;

    /// <returns>64 lower-case hex digits.</returns>
    public string Hash(string of) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{number}\n{of}")));
}
