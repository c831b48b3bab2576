using AiGateway.Hosting;
using AiGateway.Storage;
using AiGateway.Tests.Ledger;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.Tests.Hosting;

public sealed class CookieKeysTests
{
    [Fact]
    public async Task What_one_node_seals_every_node_can_open_even_where_they_started_at_once()
    {
        await using var box = await LedgerBox.OpenAsync();
        await using var one = Node(box);
        await using var two = Node(box);
        // Both find no key, and each makes its own.
        var sealedByOne = one.GetDataProtector("cookie").Protect("operator");
        var sealedByTwo = two.GetDataProtector("cookie").Protect("operator");
        Assert.Equal("operator", two.GetDataProtector("cookie").Unprotect(sealedByOne));
        Assert.Equal("operator", one.GetDataProtector("cookie").Unprotect(sealedByTwo));
    }

    [Fact]
    public async Task Keys_outlive_the_process()
    {
        await using var box = await LedgerBox.OpenAsync();
        string text;
        await using (var before = Node(box))
            text = before.GetDataProtector("cookie").Protect("operator");
        await using var after = Node(box);
        Assert.Equal("operator", after.GetDataProtector("cookie").Unprotect(text));
        Assert.Equal(1, box.Table.Number("SELECT count(*) FROM data_protection_keys"));
    }

    private static ServiceProvider Node(LedgerBox box)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System)
            .AddSingleton<Connections>(box.Database.Connections);
        CookieKeys.AddTo(services);
        return services.BuildServiceProvider();
    }
}
