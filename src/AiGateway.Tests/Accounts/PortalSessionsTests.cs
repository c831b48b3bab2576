using AiGateway.Accounts;
using AiGateway.Hosting;
using AiGateway.Tests.Ledger;
using Microsoft.AspNetCore.DataProtection;

namespace AiGateway.Tests.Accounts;

public sealed class PortalSessionsTests
{
    private readonly TestClock clock = new(new DateTimeOffset(2027, 1, 12, 9, 30, 0, TimeSpan.Zero));
    private readonly EphemeralDataProtectionProvider keys = new();

    private PortalSessions Sessions => new(new PortalSeal(keys), clock);

    [Theory]
    [InlineData("anna")]
    [InlineData("anna b 4711 ")]
    [InlineData("安娜 <b>")]
    public void A_token_names_its_user_for_a_quarter_of_an_hour(string user)
    {
        var (token, expiresAt) = Sessions.Open(user);
        Assert.Equal(clock.GetUtcNow() + TimeSpan.FromMinutes(15), expiresAt);
        clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));
        Assert.Equal(new PortalSession(user, expiresAt), Sessions.Find(token));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Sessions.Find(token));
    }

    [Fact]
    public void Every_change_of_a_token_breaks_it()
    {
        var (token, _) = Sessions.Open("anna");
        for (var at = 0; at < token.Length; at++)
        {
            var changed = token[..at] + (token[at] == 'x' ? 'y' : 'x') + token[(at + 1)..];
            // The last sign of base64 may hold bits that stand for nothing.
            if (at < token.Length - 1)
                Assert.Null(Sessions.Find(changed));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("agw_ptl_")]
    [InlineData("agw_ptl_!!!!")]
    [InlineData("agw_usr_a_b")]
    public void What_is_no_token_is_nobody(string? token) => Assert.Null(Sessions.Find(token));

    [Fact]
    public void Tokens_of_other_keys_and_purposes_are_nobody()
    {
        var (foreign, _) = new PortalSessions(new PortalSeal(new EphemeralDataProtectionProvider()), clock).Open("anna");
        Assert.Null(Sessions.Find(foreign));
        Assert.Null(Sessions.Find("agw_ptl_" + keys.CreateProtector("something else").Protect("9999999999 anna")));
    }
}
