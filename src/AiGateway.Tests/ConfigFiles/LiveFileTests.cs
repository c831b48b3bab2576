using System.Text;
using AiGateway.ConfigFiles;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Tests.ConfigFiles;

public sealed class LiveFileTests : IDisposable
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(2);

    private readonly EditedFile _file = new("good 1");
    private readonly TickingClock _clock = new();
    private readonly LiveFile<string> _live;

    public LiveFileTests() => _live = new LiveFile<string>(_file.Path, Read, _clock, NullLogger.Instance);

    public void Dispose()
    {
        _live.Dispose();
        _file.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_good_edit_is_live_within_2_seconds(bool swapped)
    {
        if (swapped) _file.Swap("good 2");
        else _file.Write("good 2");

        _clock.Advance(Promised);

        Assert.Equal("good 2", _live.Current);
        Assert.Null(_live.Status.RefusedAt);
    }

    [Fact]
    public void A_bad_edit_keeps_the_last_good_one_and_says_why()
    {
        var version = _live.Status.Version;
        _file.Write("bad");

        _clock.Advance(Promised);

        Assert.Equal("good 1", _live.Current);
        Assert.Equal(version, _live.Status.Version);
        Assert.Equal("this is bad", Assert.Single(_live.Status.Problems).Message);
        Assert.NotNull(_live.Status.RefusedAt);
    }

    [Fact]
    public void Mending_a_bad_edit_clears_its_errors_even_where_it_restores_the_old_text()
    {
        _file.Write("bad");
        _clock.Advance(Promised);
        _file.Write("good 1");

        _clock.Advance(Promised);

        Assert.Empty(_live.Status.Problems);
        Assert.Null(_live.Status.RefusedAt);
    }

    [Fact]
    public void A_half_written_save_is_never_looked_into()
    {
        _file.Write("bad, for I am half wri");
        _clock.Advance(LiveFile<string>.LookEvery);
        Assert.Null(_live.Status.RefusedAt);
        _file.Write("good 2");
        _clock.Advance(LiveFile<string>.LookEvery);

        Assert.Null(_live.Status.RefusedAt);

        _clock.Advance(LiveFile<string>.LookEvery);
        Assert.Equal("good 2", _live.Current);
    }

    [Fact]
    public void A_file_that_is_gone_keeps_the_last_good_one_and_coming_back_clears_the_error()
    {
        _file.Delete();
        _clock.Advance(Promised);
        Assert.Equal("good 1", _live.Current);
        Assert.Contains("cannot be read", Assert.Single(_live.Status.Problems).Message);

        _file.Write("good 1");
        _clock.Advance(Promised);
        Assert.Empty(_live.Status.Problems);
    }

    [Fact]
    public void A_reader_that_throws_refuses_the_edit_and_the_watch_goes_on()
    {
        _file.Write("throw");
        _clock.Advance(Promised);
        Assert.Contains("a bug", Assert.Single(_live.Status.Problems).Message);

        _file.Write("good 2");
        _clock.Advance(Promised);
        Assert.Equal("good 2", _live.Current);
    }

    [Fact]
    public void A_link_whose_target_is_swapped_is_an_edit()
    {
        using var target = new EditedFile("good 1");
        using var other = new EditedFile("good 2");
        var link = _file.Path + ".link";
        File.CreateSymbolicLink(link, target.Path);
        using var live = new LiveFile<string>(link, Read, _clock, NullLogger.Instance);

        File.Delete(link);
        File.CreateSymbolicLink(link, other.Path);
        _clock.Advance(Promised);

        Assert.Equal("good 2", live.Current);
    }

    [Fact]
    public void Once_it_is_over_nothing_is_asked_any_more()
    {
        var asked = 0;
        var live = new LiveFile<string>(_file.Path, Read, _clock, NullLogger.Instance, _ => $"{asked++}");
        live.Dispose();
        var before = asked;

        // A tick that had begun when it was ended comes this late.
        live.Look();

        Assert.Equal(before, asked);
    }

    [Fact]
    public void A_missing_file_stops_the_start()
    {
        var exception = Assert.Throws<ConfigFileException>(() => new LiveFile<string>(_file.Path + ".none", Read, _clock, NullLogger.Instance));
        Assert.Contains(".none", exception.Message);
    }

    [Fact]
    public void Nothing_is_looked_at_after_disposal()
    {
        _live.Dispose();
        _file.Write("good 2");
        _clock.Advance(Promised);
        Assert.Equal("good 1", _live.Current);
    }

    private static string? Read(byte[] content, ConfigProblems problems)
    {
        var text = Encoding.UTF8.GetString(content);
        if (text == "throw") throw new InvalidOperationException("a bug");
        if (text.StartsWith("good", StringComparison.Ordinal)) return text;
        problems.Error(new ConfigPlace(1, 1), "", "this is bad");
        return null;
    }
}
