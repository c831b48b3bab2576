using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AiGateway.Ledger;

/// <summary>
/// A segment's lines: "generation checksum json". A segment that is done is written over from its beginning under the next generation,
/// so that its place on the disk stays reserved; lines of an older generation behind the new ones are leftovers.
/// </summary>
internal static class SpoolText
{
    private const int Digits = 8, HeadLength = 2 * (Digits + 1);
    private static readonly byte[] Nothing = "{}"u8.ToArray();

    public static byte[] Line(uint generation, ReadOnlySpan<byte> json) =>
        [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{generation:x8} {Check(generation, json):x8} ")), .. json, (byte)'\n'];

    /// <summary>Begins a generation.</summary>
    public static byte[] Head(uint generation) => Line(generation, Nothing);

    /// <returns>The moves, and whether there was damage that a crash in the middle of a line does not explain: such a line is the last of its generation.</returns>
    public static (IReadOnlyList<SpooledMove> Moves, bool IsDamaged) Read(ReadOnlySpan<byte> bytes)
    {
        var moves = new List<SpooledMove>();
        uint? generation = null;
        bool isFirst = true, isTorn = false, isDamaged = false;
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? [] : bytes[(end + 1)..];
            var isHead = isFirst;
            isFirst = false;
            if (end < 0 || Parse(line) is not { } parsed)
            {
                // A head says nothing that could be lost: what is behind a torn one was done before, and is done again without effect.
                isTorn |= !isHead;
                continue;
            }
            if (parsed.Generation != (generation ??= parsed.Generation))
                continue;
            // A good line behind a bad one: that one was whole once.
            isDamaged |= isTorn;
            if (parsed.Move is not null)
                moves.Add(parsed.Move);
        }
        return (moves, isDamaged);
    }

    private static (uint Generation, SpooledMove? Move)? Parse(ReadOnlySpan<byte> line)
    {
        if (line.Length <= HeadLength || !TryHex(line[..Digits], out var generation) || !TryHex(line.Slice(Digits + 1, Digits), out var check))
            return null;
        var json = line[HeadLength..];
        if (Check(generation, json) != check)
            return null;
        try
        {
            return (generation, json.SequenceEqual(Nothing) ? null : SpooledMove.FromJson(json));
        }
        catch (JsonException)
        {
            return null; // Of another version: the caller is told of damage, and sets the segment aside.
        }
    }

    private static bool TryHex(ReadOnlySpan<byte> digits, out uint value) =>
        Utf8Parser.TryParse(digits, out value, out var used, 'x') && used == digits.Length;

    private static uint Check(uint generation, ReadOnlySpan<byte> json)
    {
        Span<byte> begin = stackalloc byte[sizeof(uint)], digest = stackalloc byte[SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(begin, generation);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(begin);
        hash.AppendData(json);
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt32LittleEndian(digest);
    }
}
