using System.Text;
using AiGateway.Usage;
using Microsoft.ML.Tokenizers;

namespace AiGateway.Tests.Usage;

/// <summary>Exact counts, and the limits on what counting may cost.</summary>
public sealed class TokenCounterTests
{
    private const string English = "It isn't far: the café's 1,234,567 tables — all of them! — stand there.\r\n\r\n\tif (a <= b) { return \"x\"; }   \n";
    private const string Others = "你好,世界。これはテストです。 Привет, мир! नमस्ते दुनिया 👩‍👩‍👧 e\u0301tude ";

    private static readonly TiktokenTokenizer Tokenizer = TiktokenTokenizer.CreateForEncoding("o200k_base");

    [Theory]
    [InlineData("Hello, world!")]
    [InlineData(English)]
    [InlineData(Others)]
    [InlineData("")]
    public void A_text_counts_what_the_tokenizer_makes_of_it(string text) => Assert.Equal(Tokenizer.CountTokens(text), Count(text));

    [Theory]
    [InlineData(English, 2_000)]
    [InlineData(Others, 1_000)]
    public void A_text_of_many_pieces_counts_what_it_counts_whole(string text, int times)
    {
        var whole = string.Concat(Enumerable.Repeat(text, times));
        Assert.True(Encoding.UTF8.GetByteCount(whole) > 4 * TextCut.PieceBytes);
        Assert.Equal(Tokenizer.CountTokens(whole), Count(whole));
    }

    [Fact]
    public void A_text_that_spells_a_special_token_is_text() =>
        Assert.True(Count("<|endoftext|><|endofprompt|>") >= 10, "Both were taken for what they spell.");

    [Theory]
    [InlineData("a")]
    [InlineData("-")]
    [InlineData(" ")]
    [InlineData("字")]
    public void An_unbroken_run_beyond_the_limit_counts_its_bytes(string letter)
    {
        var run = string.Concat(Enumerable.Repeat(letter, TextCut.MaxRunBytes + 1));
        Assert.Equal(Encoding.UTF8.GetByteCount(run), Count(run));
    }

    [Fact]
    public void Words_around_an_unbroken_run_are_counted()
    {
        var run = new string('x', 5_000);
        Assert.InRange(Count("Hello there 1 " + run + " and good bye"), 5_000 + 6, 5_000 + 12);
    }

    [Fact]
    public void Text_beyond_the_total_counts_its_bytes()
    {
        var counter = new TokenCounter(long.MaxValue);
        var word = Encoding.UTF8.GetBytes("hello ");
        var text = new byte[TokenCounter.MaxTextBytes / word.Length * word.Length];
        for (var at = 0; at < text.Length; at += word.Length)
            word.CopyTo(text, at);
        counter.Count(text);
        Assert.Equal(6_000, counter.Count(text.AsSpan(0, 6_000)));
    }

    [Fact]
    public void A_large_text_is_counted_no_further_than_it_takes_to_decide()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("hello there ", 100_000)));
        var all = new TokenCounter(long.MaxValue).Count(text);
        var some = new TokenCounter(1_000).Count(text);
        Assert.Equal(200_001, all, 2.0);
        Assert.True(some > 2 * all, $"{some} tokens: all of it was counted.");
    }

    [Fact]
    public void The_pieces_of_a_text_are_the_text()
    {
        var random = new Random(20261122);
        for (var round = 0; round < 200; round++)
        {
            var text = new byte[random.Next(1, 60_000)];
            random.NextBytes(text);
            if (round % 2 == 0)
                for (var at = 0; at < text.Length; at++)
                    text[at] = (byte)"aA1 \n.<|-'"[text[at] % 10];
            var sum = 0;
            while (sum < text.Length)
            {
                var piece = TextCut.Next(text.AsSpan(sum), out var isUnbroken);
                Assert.InRange(piece, 1, isUnbroken ? text.Length - sum : TextCut.PieceBytes);
                sum += piece;
            }
            Assert.InRange(Count(text), 1, text.Length);
        }
    }

    [Fact]
    public void One_letter_64_KB_long_is_one_piece_that_is_not_tokenized()
    {
        var text = Encoding.UTF8.GetBytes(new string('a', 64 * 1024));
        Assert.Equal((text.Length, true), (TextCut.Next(text, out var isUnbroken), isUnbroken));
        Assert.Equal(text.Length, Count(text));
    }

    /// <summary>Tokenizing takes the square of a run's length, so that this bounds the work.</summary>
    [Fact]
    public void The_longest_runs_that_are_tokenized_go_in_pieces_of_bounded_length()
    {
        var run = new string('a', TextCut.MaxRunBytes - 1);
        var text = Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Repeat(run, 64 * 1024 / TextCut.MaxRunBytes)));
        var pieces = 0;
        for (var at = 0; at < text.Length; pieces++)
        {
            var length = TextCut.Next(text.AsSpan(at), out var isUnbroken);
            Assert.Equal((false, true), (isUnbroken, length <= TextCut.PieceBytes));
            at += length;
        }
        Assert.InRange(pieces, 4, 5);
        Assert.True(Count(text) < text.Length / 2, "The runs were not tokenized.");
    }

    private static long Count(string text) => Count(Encoding.UTF8.GetBytes(text));

    private static long Count(byte[] text) => new TokenCounter(long.MaxValue).Count(text);
}
