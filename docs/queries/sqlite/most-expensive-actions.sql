-- The twenty actions that cost the most: calls, average tokens a call (rounded half up) and what the provider was paid.
-- @from, @to: times such as 2027-01-01T00:00:00.000Z, from and before. Without @from: this UTC month; without @to: until now.
SELECT
  action_type,
  COUNT(*) AS calls,
  (2 * SUM(tokens_used) + COUNT(*)) / (2 * COUNT(*)) AS average_tokens,
  SUM(tokens_used) AS tokens,
  SUM(cost_nano_usd) AS cost_nano_usd,
  printf('%d.%09d', SUM(cost_nano_usd) / 1000000000, SUM(cost_nano_usd) % 1000000000) AS cost_usd
FROM token_transactions
WHERE entry = 'usage'
  AND created_at >= COALESCE(@from, strftime('%Y-%m-01T00:00:00.000Z', 'now'))
  AND (@to IS NULL OR created_at < @to)
GROUP BY action_type
ORDER BY SUM(cost_nano_usd) DESC, action_type
LIMIT 20;
