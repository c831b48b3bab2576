-- Average tokens a user used in a month: tokens of settled calls, divided by the users who had one (rounded half up).
-- @from, @to: times such as 2027-01-01T00:00:00.000Z, from and before. Without @from: this UTC month; without @to: until now.
SELECT
  substr(created_at, 1, 7) AS month,
  COUNT(DISTINCT account_id) AS users,
  SUM(tokens_used) AS tokens,
  (2 * SUM(tokens_used) + COUNT(DISTINCT account_id)) / (2 * COUNT(DISTINCT account_id)) AS average_tokens
FROM token_transactions
WHERE entry = 'usage'
  AND created_at >= COALESCE(@from, strftime('%Y-%m-01T00:00:00.000Z', 'now'))
  AND (@to IS NULL OR created_at < @to)
GROUP BY substr(created_at, 1, 7)
ORDER BY month;
