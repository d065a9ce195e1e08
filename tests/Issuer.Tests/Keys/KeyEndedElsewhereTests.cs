using Identity.Credentials.Jose;
using Identity.Issuer.Keys;
using Identity.Issuer.Monitoring;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Keys;

/// <summary>An end of a key that somebody else wrote to the ledger, as whoever supervises the organisation may, on a real node.</summary>
[Trait("Store", "Own")]
public sealed class KeyEndedElsewhereTests(IssuerOnLedger world) : IClassFixture<IssuerOnLedger>
{
    [Fact]
    public async Task A_key_that_the_ledger_ended_signs_no_more_another_takes_its_place_and_the_monitor_tells()
    {
        var college = world.Organisation(College);
        var key = college.FirstKey.Signer.PublicKey;
        var from = (await IssuerOnLedger.Until(() => world.Registry.FindKeyAsync(key.Thumbprint()), k => k is not null))!.From;
        await IssuerOnLedger.Until(() => Row(College, key), row => row is { Signs: true, OnLedgerAt: not null });

        var since = from + TimeSpan.FromMinutes(5);
        var write = await world.Registry.EndKeyAsync(college.Account, college.Profile.Id(), key.Thumbprint(), since, KeyEnding.Compromised);
        if (write is RegistryWrite.Refused) (await world.Registry.EndKeyAsync(college.Account, college.Profile.Id(), key.Thumbprint(), DateTimeOffset.UtcNow, KeyEnding.Compromised)).Require();

        var ended = (await IssuerOnLedger.Until(() => Row(College, key), row => row is { End: not null }))!;
        Assert.Equal((KeyEnd.Compromised, (await world.Registry.FindKeyAsync(key.Thumbprint()))!.CompromisedAt, false), (ended.End, ended.EndedAt, ended.Signs));
        Assert.True(await IssuerOnLedger.Until(() => world.Issuer.InDb(db => db.SigningKeys.AnyAsync(k => k.Organisation == College && k.Thumbprint != ended.Thumbprint && k.SignsFrom != null && k.SignsUntil == null)), there => there));
        Assert.Equal($"{College} {ended.Thumbprint}", await world.Issuer.InDb(db => db.MonitorFindings.Where(f => f.Kind == FindingKind.KeyEnded && f.Organisation == College).Select(f => f.Subject).SingleAsync()));
    }

    [Fact]
    public async Task A_key_that_waits_never_signs_once_the_ledger_has_ended_it()
    {
        var centre = world.Organisation(Centre);
        var first = centre.FirstKey.Signer.PublicKey;
        await IssuerOnLedger.Until(() => Row(Centre, first), row => row is { Signs: true, OnLedgerAt: not null });
        var made = world.Issuer.Service<KeyFolder>().NewSigningKey(Centre).PublicKey;
        (await world.Registry.AddKeyAsync(centre.Account, centre.Profile.Id(), made.Thumbprint(), DateTimeOffset.UtcNow, made.XBytes(), made.YBytes())).Require();
        (await world.Registry.EndKeyAsync(centre.Account, centre.Profile.Id(), made.Thumbprint(), DateTimeOffset.UtcNow + TimeSpan.FromMinutes(1), KeyEnding.Retired)).Require();
        await world.Issuer.InDb(db =>
        {
            db.SigningKeys.Add(new SigningKeyRow { Organisation = Centre, Thumbprint = made.ThumbprintText(), X = made.X, Y = made.Y!, MadeAt = DateTimeOffset.UtcNow, MadeBy = "" });
            return db.SaveChangesAsync();
        });

        var ended = await IssuerOnLedger.Until(() => Row(Centre, made), row => row is { Waits: false });

        Assert.Equal((KeyEnd.Retired, false), (ended!.End, ended.Signs));
        Assert.True((await Row(Centre, first))!.Signs);
    }

    private Task<SigningKeyRow?> Row(string organisation, Jwk key)
    {
        var thumbprint = key.ThumbprintText();
        return world.Issuer.InDb(db => db.SigningKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Organisation == organisation && k.Thumbprint == thumbprint));
    }
}
