using Identity.Credentials.Jose;
using Identity.Issuer.Offers;
using Identity.Issuer.Tests.Console;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>Two recoveries, or a recovery and staff, at the same instant: over each database exactly one wins.</summary>
public sealed partial class RecoveryTests
{
    [Fact]
    public async Task Two_phones_at_the_same_instant_leave_one_with_an_offer()
    {
        var (id, _) = await Held();
        using var other = Es256Key.Create();

        // One by a contact and seven days, one by a desk.
        var answers = await Task.WhenAll(Recover(), RecoverAtDesk(Own, by: other));

        var offers = (await Task.WhenAll(answers.Select(Recovered))).SelectMany(answer => answer["offers"]!.AsArray()).ToList();
        Assert.InRange(offers.Count, 1, 2);
        var open = await issuer.InDb(db => db.Offers.AsNoTracking().Where(o => o.CredentialId == id && o.State == OfferState.Open).Select(o => o.Id).ToListAsync());
        var anchor = await issuer.InDb(db => db.RecoveryAnchors.AsNoTracking().SingleAsync(a => a.CredentialId == id));
        Assert.Equal([anchor.OfferId!], open);
        Assert.Contains(anchor.RecoveredBy!, new[] { _new.PublicKey.ThumbprintText(), other.PublicKey.ThumbprintText() });
    }

    [Fact]
    public async Task Two_phones_that_were_ready_before_leave_the_one_that_was_moved_to_first()
    {
        var (id, _) = await Held();
        using var other = Es256Key.Create();
        Task<HttpResponseMessage> From(Es256Key by) => Recover(by: by, attest: a => a with { Started = Now.AddDays(-9), Completed = Now.AddDays(-1) });

        var answers = await Task.WhenAll(From(_new), From(other));

        var moved = await Task.WhenAll(answers.Select(Recovered));
        Assert.Equal([0, 1], moved.Select(answer => answer["offers"]!.AsArray().Count).Order());
        Assert.Equal(1, await issuer.InDb(db => db.Events.CountAsync(e => e.CredentialId == id && e.Act == "recovered")));
    }

    [Fact]
    public async Task Staff_let_go_to_a_phone_at_the_instant_at_which_the_owner_moves_the_record()
    {
        var (id, _) = await Held();
        using var thief = Es256Key.Create();
        await RecoverAtDesk(Thiefs, by: thief);
        var clerk = await Clerk.SignedIn(issuer);

        var owner = RecoverAtDesk(Own);
        await Task.WhenAll(owner, clerk.Post($"/console/credentials/{id}?handler=letgo", ("phone", thief.PublicKey.ThumbprintText())));

        // Whichever came first: what staff let go counts for nothing once the record has moved.
        Assert.Single((await Recovered(await owner))["offers"]!.AsArray());
        Assert.Null(await issuer.InDb(db => db.RecoveryAnchors.Where(a => a.CredentialId == id).Select(a => a.LetGo).SingleAsync()));
        Assert.Empty((await Recovered(await RecoverAtDesk(Thiefs, by: thief)))["offers"]!.AsArray());
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Of_two_who_changed_one_record_unseen_by_each_other_one_fails(bool anchor)
    {
        var (id, _) = await Held();
        async Task Change(Data.IssuerDb db, string phone)
        {
            if (anchor) (await db.RecoveryAnchors.SingleAsync(a => a.CredentialId == id)).Release(phone);
            else Assert.IsType<Issuance.Step.Taken>((await db.Credentials.SingleAsync(c => c.Id == id)).Recover(Now));
        }

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => issuer.InDb(async mine =>
        {
            await Change(mine, "mine");
            await issuer.InDb(async theirs =>
            {
                await Change(theirs, "theirs");
                return await theirs.SaveChangesAsync();
            });
            return await mine.SaveChangesAsync();
        }));

        if (anchor) Assert.Equal("theirs", await issuer.InDb(db => db.RecoveryAnchors.Where(a => a.CredentialId == id).Select(a => a.LetGo).SingleAsync()));
    }
}
