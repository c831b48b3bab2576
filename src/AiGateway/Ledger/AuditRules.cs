namespace AiGateway.Ledger;

/// <param name="Row">What the second column names.</param>
/// <param name="Sql">Returns the rows that break the rule: account id, row, expected, found. Ordered, so that the first one is the earliest.</param>
internal sealed record AuditRule(string Invariant, string Rule, string Row, string Sql);

/// <summary>The invariants as queries, in SQL that both engines understand. I8 is replayed instead: see <see cref="LotReplay"/>.</summary>
internal static class AuditRules
{
    /// <summary>A rule that is broken everywhere needs no longer list.</summary>
    public const int NamedAtMost = 20;

    public static IEnumerable<AuditRule> All(string dayOfEntry, long nowMs, bool atRest)
    {
        yield return new("I1", "held is never negative", "user",
            "SELECT id, user_id, 0, held FROM accounts WHERE held < 0 ORDER BY id");
        yield return new("I2", "the balance is the sum of all rows", "user",
            """
            SELECT a.id, a.user_id, COALESCE(s.total, 0), a.balance FROM accounts a
            LEFT JOIN (SELECT account_id, -SUM(tokens_used) AS total FROM token_transactions GROUP BY account_id) s ON s.account_id = a.id
            WHERE a.balance <> COALESCE(s.total, 0) ORDER BY a.id
            """);
        yield return new("I3", "seq has no gap", "seq",
            """
            SELECT account_id, seq, before_it + 1, seq FROM (
              SELECT account_id, seq, LAG(seq, 1, 0) OVER (PARTITION BY account_id ORDER BY seq) AS before_it FROM token_transactions) c
            WHERE seq <> before_it + 1 ORDER BY account_id, seq
            """);
        yield return new("I3", "each row leaves what the one before it left, less what it used", "seq",
            """
            SELECT account_id, seq, left_before - tokens_used, tokens_remaining FROM (
              SELECT account_id, seq, tokens_used, tokens_remaining,
                LAG(tokens_remaining, 1, 0) OVER (PARTITION BY account_id ORDER BY seq) AS left_before FROM token_transactions) c
            WHERE tokens_remaining <> left_before - tokens_used ORDER BY account_id, seq
            """);
        yield return new("I3", "the account knows its last row", "user",
            """
            SELECT a.id, a.user_id, COALESCE(s.last_seq, 0), a.seq FROM accounts a
            LEFT JOIN (SELECT account_id, MAX(seq) AS last_seq FROM token_transactions GROUP BY account_id) s ON s.account_id = a.id
            WHERE a.seq <> COALESCE(s.last_seq, 0) ORDER BY a.id
            """);
        yield return new("I3", "every row has its account", "seq",
            """
            SELECT t.account_id, t.seq, 1, 0 FROM token_transactions t LEFT JOIN accounts a ON a.id = t.account_id
            WHERE a.id IS NULL ORDER BY t.account_id, t.seq
            """);
        yield return new("I4", "held is the sum of the open holds", "user",
            """
            SELECT a.id, a.user_id, COALESCE(s.total, 0), a.held FROM accounts a
            LEFT JOIN (SELECT account_id, SUM(amount) AS total FROM token_holds WHERE state < 2 GROUP BY account_id) s ON s.account_id = a.id
            WHERE a.held <> COALESCE(s.total, 0) ORDER BY a.id
            """);
        yield return new("I5", "what the lots hold, less what no lot was charged with, is the balance", "user",
            """
            SELECT a.id, a.user_id, a.balance, COALESCE(s.total, 0) - a.unattributed FROM accounts a
            LEFT JOIN (SELECT account_id, SUM(remaining) AS total FROM token_lots GROUP BY account_id) s ON s.account_id = a.id
            WHERE a.balance <> COALESCE(s.total, 0) - a.unattributed ORDER BY a.id
            """);
        yield return new("I5", "what no lot was charged with is never negative", "user",
            "SELECT id, user_id, 0, unattributed FROM accounts WHERE unattributed < 0 ORDER BY id");
        yield return new("I5", "no lot gives more than it was granted", "lot",
            """
            SELECT account_id, id, granted, remaining + expired FROM token_lots
            WHERE remaining < 0 OR expired < 0 OR clawed_back < 0 OR remaining + expired > granted OR expired + clawed_back > granted
            ORDER BY account_id, id
            """);
        foreach (var rule in OfHolds())
            yield return rule;
        if (atRest)
            yield return new("I7", "at rest nothing is held", "user", "SELECT id, user_id, 0, held FROM accounts WHERE held <> 0 ORDER BY id");
        yield return OfDays(dayOfEntry);
        yield return new("I10", "after an expiry, expired lots keep no more than what is held", "user",
            $"""
            SELECT a.id, a.user_id, a.held, s.total FROM accounts a
            JOIN (SELECT account_id, SUM(remaining) AS total FROM token_lots WHERE ended_at IS NOT NULL OR expires_at <= {nowMs}
              GROUP BY account_id) s ON s.account_id = a.id
            WHERE a.next_due_at > {nowMs} AND s.total > a.held ORDER BY a.id
            """);
    }

    private static IEnumerable<AuditRule> OfHolds()
    {
        yield return new("I6", "a settled hold has exactly one charge row", "request",
            """
            SELECT h.account_id, h.request_id, 1, COUNT(t.seq) FROM token_holds h
            LEFT JOIN token_transactions t ON t.account_id = h.account_id AND t.seq = h.charge_seq AND t.request_id = h.request_id AND t.entry = 'usage'
            WHERE h.state IN (2, 5) GROUP BY h.account_id, h.request_id HAVING COUNT(t.seq) <> 1 ORDER BY h.account_id, h.request_id
            """);
        yield return new("I6", "no request is charged twice", "request",
            """
            SELECT account_id, request_id, 1, COUNT(*) FROM token_transactions WHERE entry = 'usage' AND request_id IS NOT NULL
            GROUP BY account_id, request_id HAVING COUNT(*) > 1 ORDER BY account_id, request_id
            """);
        yield return new("I6", "a hold that was not charged has no row", "request",
            """
            SELECT h.account_id, h.request_id, 0, COUNT(*) FROM token_holds h
            JOIN token_transactions t ON t.account_id = h.account_id AND t.request_id = h.request_id
            WHERE h.state NOT IN (2, 5) GROUP BY h.account_id, h.request_id ORDER BY h.account_id, h.request_id
            """);
        yield return new("I6", "a hold's charge is the sum of its rows, corrections included", "request",
            """
            SELECT h.account_id, h.request_id, h.charged, t.tokens FROM token_holds h
            JOIN (SELECT account_id, request_id, SUM(tokens_used) AS tokens, SUM(cost_nano_usd) AS cost FROM token_transactions
              WHERE request_id IS NOT NULL GROUP BY account_id, request_id) t ON t.account_id = h.account_id AND t.request_id = h.request_id
            WHERE h.state IN (2, 5) AND (t.tokens <> h.charged OR t.cost <> h.charged_nano_usd) ORDER BY h.account_id, h.request_id
            """);
    }

    private static AuditRule OfDays(string dayOfEntry) => new("I9", "a day's sums are the sums of its rows", "day",
        $"""
        SELECT account_id, day, SUM(from_rows), SUM(from_days) FROM (
          SELECT t.account_id, {dayOfEntry} AS day, t.action_type, COALESCE(t.openai_model, '') AS model, t.tokens_used AS from_rows, 0 AS from_days,
            t.cost_nano_usd AS cost, CASE WHEN t.entry = 'usage' THEN 1 ELSE 0 END AS calls, t.prompt_tokens + t.completion_tokens AS parts
          FROM token_transactions t WHERE t.entry IN ('usage', 'correction')
          UNION ALL
          SELECT account_id, day, action_type, model, 0, tokens, -cost_nano_usd, -calls, -(prompt_tokens + completion_tokens) FROM usage_daily) b
        GROUP BY account_id, day, action_type, model
        HAVING SUM(from_rows) <> SUM(from_days) OR SUM(cost) <> 0 OR SUM(calls) <> 0 OR SUM(parts) <> 0 ORDER BY account_id, day
        """);
}
