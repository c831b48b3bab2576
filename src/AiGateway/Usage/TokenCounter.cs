using System.Buffers;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace AiGateway.Usage;

/// <summary>
/// Counts the tokens of text exactly, by OpenAI's o200k vocabulary, within limits: what is beyond them counts its bytes, which is never too few.
/// For decisions that a bound in bytes would get wrong, not for the hot path: a KB takes some 20 to 75 µs. One instance counts one call.
/// </summary>
/// <param name="enough">Above so many tokens the decision is made, and large texts are counted no further.</param>
internal sealed class TokenCounter(long enough)
{
    /// <summary>Text counted for one call, in bytes: a third of a second at worst.</summary>
    public const int MaxTextBytes = 4 * 1024 * 1024;

    /// <summary>So much is counted whatever was enough, so that ordinary refusals name exact figures.</summary>
    private const int AlwaysCounted = 256 * 1024;

    /// <summary>Loading takes some 300 ms and 40 MB: only for whoever needs it, once.</summary>
    private static readonly Lazy<TiktokenTokenizer> Vocabulary = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    private long _bytes;
    private long _tokens;

    /// <returns>The tokens of this one text.</returns>
    public long Count(ReadOnlySpan<byte> utf8)
    {
        var before = _tokens;
        var buffer = ArrayPool<char>.Shared.Rent(TextCut.PieceBytes);
        while (!utf8.IsEmpty)
        {
            var piece = utf8[..TextCut.Next(utf8, out var isUnbroken)];
            _tokens += isUnbroken || !MayCount(piece.Length) ? piece.Length : CountPiece(piece, buffer);
            utf8 = utf8[piece.Length..];
        }

        ArrayPool<char>.Shared.Return(buffer);
        return _tokens - before;
    }

    private bool MayCount(int length)
    {
        _bytes += length;
        return _bytes <= MaxTextBytes && (_bytes <= AlwaysCounted || _tokens <= enough);
    }

    private static int CountPiece(ReadOnlySpan<byte> piece, Span<char> buffer)
    {
        var chars = Encoding.UTF8.GetChars(piece, buffer);
        return Vocabulary.Value.CountTokens(buffer[..chars], considerPreTokenization: true, considerNormalization: false);
    }
}
