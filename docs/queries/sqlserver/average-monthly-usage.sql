-- Average tokens a user used in a month: tokens of settled calls, divided by the users who had one (rounded half up).
-- Change the two times to look at another span; created_at is UTC.
DECLARE @from DATETIME2(3) = DATETIMEFROMPARTS(YEAR(SYSUTCDATETIME()), MONTH(SYSUTCDATETIME()), 1, 0, 0, 0, 0), @to DATETIME2(3) = NULL;

SELECT
  CONVERT(CHAR(7), created_at, 126) AS month,
  COUNT_BIG(DISTINCT account_id) AS users,
  SUM(tokens_used) AS tokens,
  (2 * SUM(tokens_used) + COUNT_BIG(DISTINCT account_id)) / (2 * COUNT_BIG(DISTINCT account_id)) AS average_tokens
FROM token_transactions
WHERE entry = 'usage' AND created_at >= @from AND (@to IS NULL OR created_at < @to)
GROUP BY CONVERT(CHAR(7), created_at, 126)
ORDER BY month;
