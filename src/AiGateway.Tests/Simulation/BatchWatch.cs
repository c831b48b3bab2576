using AiGateway.Ledger;

namespace AiGateway.Tests.Simulation;

/// <summary>A move on its way through the writer, and what its caller was told.</summary>
internal sealed class WatchedMove(QueuedMove inner, int number, Action<WatchedMove> answered) : QueuedMove(inner.Command)
{
    public int Number => number;

    public override void Complete()
    {
        answered(this);
        (inner.Answer, inner.Error) = (Answer, Error);
        inner.Complete();
    }

    public override void Fail(Exception reason) => inner.Fail(reason);
}

/// <summary>
/// Follows one batch through its attempts: the model runs it whenever it took effect, with the time that the writer saw, and says what each caller must be told.
/// </summary>
internal sealed class BatchWatch(World world, IReadOnlyList<QueuedMove> queued)
{
    private IReadOnlyList<WatchedMove> _moves = [];
    private object[] _expected = [];
    private object[]? _unheard;
    private bool _isAlone, _hasRun;
    private int _first = -1;
    private long _nowMs;

    public IReadOnlyList<WatchedMove> Wrap() => _moves = [.. queued.Select((move, at) => new WatchedMove(move, at, Answered))];

    /// <summary>After a rejection each move is tried by itself, in order; nothing else goes wrong meanwhile.</summary>
    public bool IsAlone => _isAlone;

    /// <summary>If the next commit takes effect, the writer will not know.</summary>
    public bool GoesUnheard { get; set; }

    public void Begun()
    {
        _hasRun = false;
        if (!_isAlone)
            return;
        _first++;
        _unheard = null;
    }

    public void Asked(long nowMs) => _nowMs = nowMs;

    public void Rejected() => _isAlone = _moves.Count > 1;

    /// <summary>The batch took effect: what it did the model does too.</summary>
    public void TookEffect()
    {
        var (from, count) = _isAlone ? (_first, 1) : (0, _moves.Count);
        var expected = new object[_moves.Count];
        var answers = new object[count];
        for (var i = from; i < from + count; i++)
        {
            answers[i - from] = expected[i] = world.Model.Run(_moves[i].Command, _nowMs);
            if (_unheard is not null)
                expected[i] = Model.Again(_unheard[i], expected[i]);
        }
        (_expected, _hasRun) = (expected, true);
        world.TookEffect(_moves.Skip(from).Take(count).Select(move => move.Command), answers, _nowMs);
        if (GoesUnheard)
            _unheard = expected;
        GoesUnheard = false;
        for (var i = from; i < from + count; i++)
            world.Touched(_moves[i].Command, _nowMs);
    }

    private void Answered(WatchedMove move) => world.Examine(() => Compare(move));

    private void Compare(WatchedMove move)
    {
        // Nothing was to be written: then the model must change nothing either.
        if (!_hasRun)
            TookEffect();
        var expected = _expected[_isAlone ? _first : move.Number];
        var found = move.Error is { } error ? error.GetType() : move.Answer;
        if (found is GrantAnswer grant)
            found = grant with { LotId = 0 };
        if (!expected.Equals(found))
            throw new SimViolationException($"answer to {move.Command}: expected {expected}, found {found}{(move.Error is null ? "" : $" ({move.Error.Message})")}");
    }
}
