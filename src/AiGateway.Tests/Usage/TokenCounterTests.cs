using System.Diagnostics;
using System.Text;
using AiGateway.Usage;
using Microsoft.ML.Tokenizers;

namespace AiGateway.Tests.Usage;

/// <summary>Exact counts, and the limits on what counting may cost.</summary>
public sealed class TokenCounterTests(ITestOutputHelper output)
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
    public void One_letter_64_KB_long_costs_no_more_a_byte_than_16_KB_of_it()
    {
        Count("Loads the vocabulary.");
        var (small, large) = (Time(new string('a', 16 * 1024)), Time(new string('a', 64 * 1024)));
        output.WriteLine($"16 KB: {small.TotalMilliseconds:0.000} ms; 64 KB: {large.TotalMilliseconds:0.000} ms");
        Assert.True(large < TimeSpan.FromMilliseconds(50), $"64 KB took {large.TotalMilliseconds} ms.");
        Assert.True(large < 12 * small + TimeSpan.FromMilliseconds(5), $"16 KB took {small.TotalMilliseconds} ms, 64 KB {large.TotalMilliseconds} ms.");
    }

    [Fact]
    public void The_longest_runs_that_are_tokenized_stay_cheap()
    {
        Count("Loads the vocabulary.");
        var random = new Random(7);
        var run = () => new string([.. Enumerable.Range(0, TextCut.MaxRunBytes - 1).Select(_ => (char)('a' + random.Next(26)))]);
        var took = Time(string.Join(' ', Enumerable.Range(0, 64 * 1024 / TextCut.MaxRunBytes).Select(_ => run())));
        output.WriteLine($"64 KB in the longest runs: {took.TotalMilliseconds:0.000} ms");
        Assert.True(took < TimeSpan.FromMilliseconds(250), $"64 KB in runs just below the limit took {took.TotalMilliseconds} ms.");
    }

    /// <summary>The best of three: others share the machine.</summary>
    private static TimeSpan Time(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Enumerable.Range(0, 3).Select(_ =>
        {
            var watch = Stopwatch.StartNew();
            new TokenCounter(long.MaxValue).Count(bytes);
            return watch.Elapsed;
        }).Min();
    }

    private static long Count(string text) => Count(Encoding.UTF8.GetBytes(text));

    private static long Count(byte[] text) => new TokenCounter(long.MaxValue).Count(text);
}
