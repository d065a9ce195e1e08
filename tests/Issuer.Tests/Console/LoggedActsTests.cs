using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Console;

/// <summary>What was done at the console without a line in the access log, or without one that the person sees.</summary>
public sealed class LoggedActsTests : IAsyncLifetime
{
    private readonly IssuerFixture _issuer = new();

    public Task InitializeAsync() => _issuer.InitializeAsync();

    public Task DisposeAsync() => _issuer.DisposeAsync();

    [Fact]
    public async Task Attack_an_administrator_lists_names_by_asking_what_a_stolen_key_would_end()
    {
        var prepared = await _issuer.Prepare(reference: "D-2024-777");
        using var holder = Credentials.Jose.Es256Key.Create();
        await _issuer.Collect(await _issuer.AccessToken(prepared), [holder]);
        var admin = await Clerk.SignedIn(_issuer, role: "admin");
        var key = await _issuer.InDb(db => db.SigningKeys.Where(k => k.Organisation == College).Select(k => k.Thumbprint).SingleAsync());

        var page = await admin.Page($"/console/keys/{key}/stolen?since=2026-11-20T10:17:33");

        Assert.DoesNotContain("Amina", page, StringComparison.Ordinal);
        Assert.DoesNotContain(prepared["id"]!.GetValue<string>(), page, StringComparison.Ordinal);
        Assert.Contains("D-2024-777", page, StringComparison.Ordinal);
        Assert.EndsWith(": 1", Clerk.TestId(page, "again-type"), StringComparison.Ordinal);
    }
}
