-- The twenty users who used the most tokens.
-- Change the two times to look at another span; created_at is UTC.
DECLARE @from DATETIME2(3) = DATETIMEFROMPARTS(YEAR(SYSUTCDATETIME()), MONTH(SYSUTCDATETIME()), 1, 0, 0, 0, 0), @to DATETIME2(3) = NULL;

SELECT TOP (20)
  user_id,
  COUNT_BIG(*) AS calls,
  SUM(tokens_used) AS tokens,
  SUM(cost_nano_usd) AS cost_nano_usd,
  CAST(SUM(cost_nano_usd) / CAST(1000000000 AS DECIMAL(10, 0)) AS DECIMAL(19, 9)) AS cost_usd
FROM token_transactions
WHERE entry = 'usage' AND created_at >= @from AND (@to IS NULL OR created_at < @to)
GROUP BY account_id, user_id
ORDER BY SUM(tokens_used) DESC, user_id;
