using System.Text;
using AiGateway.Ledger;

namespace AiGateway.Tests.Ledger;

public sealed class SpoolTextTests
{
    private static readonly SpooledMove[] Moves =
    [
        new() { Kind = SpooledKind.Settle, Hold = new HoldId("änna \"x\"", "r1"), Charge = LedgerBox.Charge(20, 3) },
        new() { Kind = SpooledKind.Release, Hold = new HoldId("bob", "r2"), Objects = [new ObjectNote("openai", "o", ObjectState.Closed)] },
        new() { Kind = SpooledKind.External, Use = new ExternalUsage("bob", "chat", "k", LedgerBox.Charge(1), "{}") },
    ];

    [Fact]
    public void Moves_are_read_as_they_were_written()
    {
        var (moves, isDamaged) = SpoolText.Read(Segment(1));
        Assert.False(isDamaged);
        Assert.Equal(Moves.Select(Text), moves.Select(Text));
        Assert.Equal(Moves.Select(move => move.ToCommand().GetType()), moves.Select(move => move.ToCommand().GetType()));
    }

    [Fact]
    public void Of_a_segment_that_ends_anywhere_every_whole_line_is_read_and_the_torn_one_is_no_damage()
    {
        var whole = Segment(1);
        var ends = Lines(1).Aggregate(new List<int> { 0 }, (sums, line) => [.. sums, sums[^1] + line.Length]);
        for (var length = 0; length <= whole.Length; length++)
        {
            var (moves, isDamaged) = SpoolText.Read(whole.AsSpan(0, length));
            Assert.False(isDamaged);
            Assert.Equal(Math.Max(0, ends.Count(end => end <= length) - 2), moves.Count);
        }
    }

    [Fact]
    public void A_line_that_is_torn_over_an_older_generation_is_no_damage_either()
    {
        var old = Segment(1);
        byte[] head = SpoolText.Head(2), next = SpoolText.Line(2, Moves[1].ToJson());
        for (var length = 0; length <= next.Length; length++)
        {
            byte[] torn = [.. head, .. next[..length], .. old[(head.Length + length)..]];
            var (moves, isDamaged) = SpoolText.Read(torn);
            Assert.False(isDamaged);
            Assert.Equal(length == next.Length ? ["r2"] : [], moves.Select(move => move.Hold?.RequestId));
        }
    }

    [Fact]
    public void A_head_that_is_torn_over_an_older_one_is_no_damage()
    {
        byte[] old = Segment(1), head = SpoolText.Head(2);
        for (var length = 0; length < head.Length; length++)
            Assert.False(SpoolText.Read([.. head[..length], .. old[length..]]).IsDamaged);
    }

    [Fact]
    public void A_changed_byte_inside_is_damage_and_costs_its_own_line_only()
    {
        var bytes = Segment(1);
        bytes[Lines(1)[0].Length + Lines(1)[1].Length + 30] ^= 1;
        var (moves, isDamaged) = SpoolText.Read(bytes);
        Assert.True(isDamaged);
        Assert.Equal([Text(Moves[0]), Text(Moves[2])], moves.Select(Text));
    }

    [Fact]
    public void A_segment_that_waits_for_its_first_line_holds_nothing()
    {
        byte[] bytes = [.. SpoolText.Head(2), .. Segment(1)];
        Assert.Empty(SpoolText.Read(bytes).Moves);
        Assert.False(SpoolText.Read(bytes).IsDamaged);
        Assert.Empty(SpoolText.Read([]).Moves);
        Assert.Empty(SpoolText.Read(new byte[4096]).Moves);
    }

    private static List<byte[]> Lines(uint generation) => [SpoolText.Head(generation), .. Moves.Select(move => SpoolText.Line(generation, move.ToJson()))];

    private static byte[] Segment(uint generation) => [.. Lines(generation).SelectMany(line => line)];

    private static string Text(SpooledMove move) => Encoding.UTF8.GetString(move.ToJson());
}
