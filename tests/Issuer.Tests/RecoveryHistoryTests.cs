using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Recovery;
using Identity.Issuer.Tests.Console;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>What the holder reads of the way to a new phone, and what the lost phone does not.</summary>
public sealed partial class RecoveryTests
{
    [Fact]
    public async Task The_holder_reads_that_another_sheet_was_told_that_the_record_was_held_back_and_that_it_moved()
    {
        var (_, keys) = await Held();
        await Anchor(keys[1], new RecoveryCode(RandomNumberGenerator.GetBytes(16)));
        await RecoverAtDesk(Thiefs);
        await RecoverAtDesk(Read(null, null));
        var before = await Acts(keys[0]);

        await issuer.Collect(await Redeem((await Recovered(await Recover()))["offers"]!.AsArray().Single()!), [_new]);

        Assert.Contains("recovery_set × 2", before);
        Assert.Contains("recovery_differs × 1", before);
        Assert.Contains("recovery_cannot_tell × 1", before);
        Assert.Contains("recovered × 1", await Acts(_new));
    }

    [Fact]
    public async Task Attack_the_lost_phone_reads_what_happens_to_the_record_after_it_has_moved()
    {
        var (id, old) = await Held();
        issuer.Clock.Move(TimeSpan.FromDays(1));
        await issuer.Collect(await Redeem((await Recovered(await Recover()))["offers"]!.AsArray().Single()!), [_new]);
        var moved = Now;
        issuer.Clock.Move(TimeSpan.FromDays(2));
        await (await Clerk.SignedIn(issuer)).Page($"/console/credentials/{id}");
        using var third = Es256Key.Create();
        var offer = (await Recovered(await Recover(by: third)))["offers"]!.AsArray().Single()!;
        issuer.Clock.Move(TimeSpan.FromSeconds(1));
        await issuer.Collect(await Redeem(offer), [third]);
        await issuer.Api(HttpMethod.Post, College, $"/{id}/revocation", new JsonObject { ["reason"] = "a thing that only its holder may know" });

        var told = await Asked(old[0]);

        Assert.All(told["history"]!.AsArray(), line => Assert.True(At(line!["at"]) <= moved, line!.ToJsonString()));
        Assert.Contains(told["history"]!.AsArray(), line => line!["act"]!.GetValue<string>() == "recovered");
        Assert.Equal(("recovered", null, moved), (told["reason"]!["code"]!.GetValue<string>(), told["reason"]!["sentence"], At(told["since"])));
        // Whoever has it now reads all of it.
        var holders = await Asked(third);
        Assert.Contains("only its holder", holders["reason"]!["sentence"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains(holders["history"]!.AsArray(), line => line!["act"]!.GetValue<string>() == "read" && At(line["at"]) > moved);
    }

    [Theory]
    [InlineData(-12)]
    [InlineData(12)]
    public async Task A_phone_whose_clock_is_hours_off_can_tell_what_proves_its_holder(int hours)
    {
        var (_, keys) = await Held();

        Assert.Equal(HttpStatusCode.NoContent, (await AnchorAt(keys[0], Now.AddHours(hours))).StatusCode);
        Assert.Equal("invalid_proof", await Error(await AnchorAt(keys[0], Now.AddDays(Math.Sign(hours) * 2))));
    }

    private Task<HttpResponseMessage> AnchorAt(Es256Key key, DateTimeOffset at) => Say("recovery-anchor", "identity-recovery-anchor+jwt", key, null, payload =>
    {
        payload["secret_hash"] = Base64Url.Encode(SHA256.HashData(_sheet.IssuerSecret($"{Url}/{College}")));
        payload["tag"] = _sheet.TagFor($"{Url}/{College}");
        payload["iat"] = at.ToUnixTimeSeconds();
    });

    private async Task<JsonObject> Asked(Es256Key key) => await Json(await Say("status-reason", "identity-status-request+jwt", key, null, null));

    private async Task<List<string>> Acts(Es256Key key) => [.. (await Asked(key))["history"]!.AsArray().Select(line => $"{line!["act"]} × {line["times"]}")];

    private static DateTimeOffset At(JsonNode? time) => DateTimeOffset.Parse(time!.GetValue<string>(), CultureInfo.InvariantCulture);
}
