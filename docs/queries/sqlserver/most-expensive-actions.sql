-- The twenty actions that cost the most: calls, average tokens a call (rounded half up) and what the provider was paid.
-- Change the two times to look at another span; created_at is UTC.
DECLARE @from DATETIME2(3) = DATETIMEFROMPARTS(YEAR(SYSUTCDATETIME()), MONTH(SYSUTCDATETIME()), 1, 0, 0, 0, 0), @to DATETIME2(3) = NULL;

SELECT TOP (20)
  action_type,
  COUNT_BIG(*) AS calls,
  (2 * SUM(tokens_used) + COUNT_BIG(*)) / (2 * COUNT_BIG(*)) AS average_tokens,
  SUM(tokens_used) AS tokens,
  SUM(cost_nano_usd) AS cost_nano_usd,
  CAST(SUM(cost_nano_usd) / CAST(1000000000 AS DECIMAL(10, 0)) AS DECIMAL(19, 9)) AS cost_usd
FROM token_transactions
WHERE entry = 'usage' AND created_at >= @from AND (@to IS NULL OR created_at < @to)
GROUP BY action_type
ORDER BY SUM(cost_nano_usd) DESC, action_type;
