using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace AiGateway.Tests.Browser;

/// <summary>A balance that cannot be read is said to be so; it is never shown as nothing.</summary>
[Collection(PatientGroup.Name)]
public sealed class BalanceAwayTests(Chromium chromium)
{
    [Fact]
    public async Task What_is_shown_is_marked_old_a_new_page_says_so_and_both_come_back_by_themselves()
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.NewUserAsync("anna", 100_000);
        await using var tab = await chromium.OpenAsync();
        await using var late = await chromium.OpenAsync(dark: true, width: 390);
        await tab.SignInAsync(gateway, "anna");
        await late.SignInAsync(gateway, "anna");
        await ExecuteAsync(gateway, "ALTER TABLE token_lots RENAME TO lots_away");
        await Assertions.Expect(tab.Page.GetByText("Balance unavailable.")).ToBeVisibleAsync();
        await Assertions.Expect(tab[".exact"]).ToHaveTextAsync("100,000 tokens remaining");
        Assert.Empty(await tab.ViolationsAsync());
        await late.Page.ReloadAsync();
        await Assertions.Expect(late["h1"]).ToHaveTextAsync("Back in a moment");
        Assert.Empty(await late.ViolationsAsync());
        await ExecuteAsync(gateway, "ALTER TABLE lots_away RENAME TO token_lots");
        await Assertions.Expect(tab.Page.GetByText("Balance unavailable.")).ToBeHiddenAsync();
        await Assertions.Expect(late[".exact"]).ToHaveTextAsync("100,000 tokens remaining");
    }

    private static async Task ExecuteAsync(RunningGateway gateway, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={gateway.Database};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
