using AiGateway.Insights;
using AiGateway.Pricing;
using AiGateway.Usage;

namespace AiGateway.Pages.Admin;

/// <summary>How a charge came about: its tokens by their prices.</summary>
/// <param name="Row">The ledger's row.</param>
/// <param name="Lines">By the price list in force; empty where what was used is no tokens, or nothing was.</param>
/// <param name="IsExact">The lines add up to what was booked.</param>
internal sealed record ChargeLines(TransactionView Row, IReadOnlyList<QuoteLine> Lines, bool IsExact)
{
    public static ChargeLines Of(TransactionView row, PriceBook book)
    {
        if (row.PromptTokens + row.CompletionTokens <= 0)
            return new ChargeLines(row, [], row.CostNanoUsd == 0);
        var used = new TokenCounts { Input = row.PromptTokens, Output = row.CompletionTokens, CacheRead = row.CachedTokens, Reasoning = row.ReasoningTokens };
        var quote = book.Quote(used, row.OpenaiModel, null, new DateTimeOffset(row.CreatedAt, TimeSpan.Zero), ChargeBy.Tokens);
        return new ChargeLines(row, quote.Lines, quote.CostNanoUsd == row.CostNanoUsd);
    }
}
