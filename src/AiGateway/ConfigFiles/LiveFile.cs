using System.Security.Cryptography;

namespace AiGateway.ConfigFiles;

/// <summary>
/// A configuration file that may be edited while we run. A good edit replaces the value as a whole; a bad one is reported, and the last good one stays.
/// It is looked at by reading it: file events are lost on network mounts, and a link's own time stamp does not change when its target is swapped.
/// </summary>
internal sealed partial class LiveFile<T> : IDisposable where T : class
{
    /// <summary>Two looks must agree before an edit is taken, so a save is live within 1 s, half of the promised 2 s.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(400);

    // Our files are tens of KB: what is larger is not one of them.
    private const long LargestFile = 8 * 1024 * 1024;

    private readonly Lock _looking = new();
    private readonly string _path;
    private readonly Func<byte[], ConfigProblems, T?> _read;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private readonly Func<byte[], string>? _inputs;
    private byte[] _taken;
    private string _takenInputs;
    private (byte[] Content, string Inputs)? _seenOnce;
    private volatile T _current;
    private volatile FileStatus _status;
    private bool _isOver;

    /// <param name="read">Makes a value of the content, or reports why not; must not throw for anything that a file can hold.</param>
    /// <param name="inputs">What else the value depends on, as it stands now, for a content; another text is an edit as well. It is compared only.</param>
    /// <exception cref="ConfigFileException">The file is missing or wrong: there is no last good one yet.</exception>
    public LiveFile(string path, Func<byte[], ConfigProblems, T?> read, TimeProvider clock, ILogger log, Func<byte[], string>? inputs = null)
    {
        (_path, _read, _clock, _log, _inputs) = (path, read, clock, log, inputs);
        var problems = new ConfigProblems(path);
        _taken = Content(problems) ?? [];
        _takenInputs = InputsOf(_taken);
        var first = problems.HasErrors ? null : read(_taken, problems);
        if (first is null || problems.HasErrors) throw new ConfigFileException(path, problems.All);
        _current = first;
        _status = new FileStatus(path, VersionOf(_taken), clock.GetUtcNow(), problems.All, RefusedAt: null);
        LogProblems(problems);
        _timer = clock.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
    }

    public T Current => _current;

    public FileStatus Status => _status;

    /// <summary>Raised after <see cref="Current"/> was replaced, with the old value and the new.</summary>
    public event Action<T, T>? Replaced;

    /// <summary>Looks for an edit. Content seen for the first time is remembered only: it may be half written.</summary>
    public void Look()
    {
        if (!_looking.TryEnter()) return; // A slow look is still under way; the next one will see the same.
        try
        {
            if (_isOver) return;
            var problems = new ConfigProblems(_path);
            var content = Content(problems) ?? [];
            var inputs = InputsOf(content);
            var isTaken = content.AsSpan().SequenceEqual(_taken) && inputs == _takenInputs;
            var isSeen = _seenOnce is { } seen && content.AsSpan().SequenceEqual(seen.Content) && inputs == seen.Inputs;
            _seenOnce = isTaken ? null : (content, inputs);
            if (!isTaken && isSeen) Take(content, inputs, problems);
        }
        finally
        {
            _looking.Exit();
        }
    }

    /// <summary>Waits for a look that is under way: what it reads from may be gone next.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_looking) _isOver = true;
    }

    private string InputsOf(byte[] content) => _inputs?.Invoke(content) ?? "";

    private void Take(byte[] content, string inputs, ConfigProblems problems)
    {
        (_taken, _takenInputs, _seenOnce) = (content, inputs, null);
        var next = problems.HasErrors ? null : Value(content, problems);
        LogProblems(problems);
        if (next is null || problems.HasErrors)
        {
            _status = _status with { Problems = problems.All, RefusedAt = _clock.GetUtcNow(), Refused = _status.Refused + 1 };
            LogRefused(_path, _status.Version);
            return;
        }
        var old = _current;
        _current = next;
        _status = new FileStatus(_path, VersionOf(content), _clock.GetUtcNow(), problems.All, RefusedAt: null) { Taken = _status.Taken + 1, Refused = _status.Refused };
        LogTaken(_path, _status.Version);
        Replaced?.Invoke(old, next);
    }

    private T? Value(byte[] content, ConfigProblems problems)
    {
        try
        {
            return _read(content, problems);
        }
        catch (Exception exception)
        {
            // A bug in a reader must not end the watch (nor the process, from a timer): the edit is refused, and says so.
            problems.Error(new ConfigPlace(1, 1), "", $"the file could not be read: {exception.Message}");
            LogFailed(exception, _path);
            return null;
        }
    }

    private byte[]? Content(ConfigProblems problems)
    {
        try
        {
            using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > LargestFile) throw new IOException($"larger than {LargestFile} bytes");
            using var content = new MemoryStream();
            file.CopyTo(content);
            return content.ToArray();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Error(new ConfigPlace(1, 1), "", $"the file cannot be read: {exception.Message}");
            return null;
        }
    }

    private void LogProblems(ConfigProblems problems)
    {
        foreach (var problem in problems.All)
            if (problem.IsWarning) LogWarning(problem);
            else LogError(problem);
    }

    private static string VersionOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..12];

    [LoggerMessage(Level = LogLevel.Information, Message = "{Path} was edited: version {Version} is in force.")]
    private partial void LogTaken(string path, string version);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} was edited and refused: version {Version} stays in force.")]
    private partial void LogRefused(string path, string version);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Problem}")]
    private partial void LogError(ConfigProblem problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    private partial void LogWarning(ConfigProblem problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reading {Path} failed.")]
    private partial void LogFailed(Exception exception, string path);
}
