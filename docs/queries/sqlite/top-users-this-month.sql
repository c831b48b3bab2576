-- The twenty users who used the most tokens.
-- @from, @to: times such as 2027-01-01T00:00:00.000Z, from and before. Without @from: this UTC month; without @to: until now.
SELECT
  user_id,
  COUNT(*) AS calls,
  SUM(tokens_used) AS tokens,
  SUM(cost_nano_usd) AS cost_nano_usd,
  printf('%d.%09d', SUM(cost_nano_usd) / 1000000000, SUM(cost_nano_usd) % 1000000000) AS cost_usd
FROM token_transactions
WHERE entry = 'usage'
  AND created_at >= COALESCE(@from, strftime('%Y-%m-01T00:00:00.000Z', 'now'))
  AND (@to IS NULL OR created_at < @to)
GROUP BY account_id, user_id
ORDER BY tokens DESC, user_id
LIMIT 20;
