using System.Text;
using Identity.Credentials.StatusList;
using Identity.Credentials.Verdicts;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Deposits;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Identity.Ledger.Mirror;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Exports;

/// <summary>
/// The status lists that an organisation of this service puts into a bundle: its own, of one that was closed with those of its depositary before them; and those that it signs as the depositary of others. One that
/// no reader would believe, as of a key that was reported stolen, is left out: a bundle with it would be refused whole.
/// </summary>
internal sealed class OwnLists(IssuerDb db, PublishStatus publisher, DepositDesk deposits, OrganisationDirectory organisations, OutboundFetch fetch)
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>How many lists were left out that a reader would miss.</summary>
    public int Missing { get; private set; }

    /// <summary>Each address with the newest token first.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<StatusListToken>>> OfAsync(Organisation organisation, LedgerMirror mirror, CancellationToken ct)
    {
        var (view, found) = (new MirrorView(mirror), new List<IReadOnlyList<StatusListToken>>());
        var id = organisation.Profile.Id();
        var closing = mirror.Closing(id);
        foreach (var number in await NumbersAsync(organisation.Slug, ct))
        {
            var uri = organisation.StatusListUri(number);
            var own = Read(await publisher.CurrentAsync(organisation, number, ct), uri);
            if (closing is null)
            {
                Take(own is not null && StatusSigner.Find(own, view, id) is not null ? [own] : []);
                continue;
            }
            var kept = closing is { AcceptedAt: not null, Depositary: { } depositary } ? Read(await KeptAsync(id, depositary, number, ct), uri) : null;
            var tokens = new[] { kept, own }.OfType<StatusListToken>().Where(token => StatusSigner.Ends(token, view, id)).ToList();
            if (closing.IsTakenOver && tokens.Count > 0 && tokens[0] != kept) Missing++; // the final list alone does not tell any more what is in force
            Take(tokens);
        }
        foreach (var deposit in (await deposits.ListAsync(organisation, ct)).Where(deposit => deposit.State is DepositState.Accepted))
        {
            foreach (var number in await NumbersAsync(deposit.Id, ct))
                Take(Read(await publisher.CurrentAsync(organisation, deposit, number, ct), deposit.StatusListUri(number)) is { } kept && StatusSigner.Find(kept, view, Convert.FromHexString(deposit.Id)) is not null ? [kept] : []);
        }
        return found;

        void Take(IReadOnlyList<StatusListToken> tokens)
        {
            if (tokens.Count == 0) Missing++;
            else found.Add(tokens);
        }
    }

    private Task<List<int>> NumbersAsync(string owner, CancellationToken ct) => db.StatusLists.Where(l => l.Organisation == owner).OrderBy(l => l.Number).Select(l => l.Number).ToListAsync(ct);

    // The depositary may be an organisation of this very service.
    private async Task<string?> KeptAsync(byte[] closed, OrganisationRecord depositary, int number, CancellationToken ct)
    {
        var id = Convert.ToHexStringLower(closed);
        if (organisations.All.FirstOrDefault(o => o.Profile.Id().AsSpan().SequenceEqual(depositary.Id)) is { } here) return await deposits.FindAsync(here, id, ct) is { } deposit ? await publisher.CurrentAsync(here, deposit, number, ct) : null;
        return Uri.TryCreate($"{depositary.Issuer}/deposits/{id}/status/{number}", UriKind.Absolute, out var address) && await fetch.GetAsync(address, "application/statuslist+jwt", MaxBytes, ct) is FetchResult.Answer { IsSuccess: true } answer
            ? Encoding.ASCII.GetString(answer.Body).Trim() : null;
    }

    private static StatusListToken? Read(string? text, string uri) => StatusListToken.TryParse(text, out var token, out _) && token.Uri == uri ? token : null;
}
