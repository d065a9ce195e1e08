using Identity.Credentials.StatusList;
using Identity.Credentials.Verdicts;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Identity.Ledger.Mirror;

namespace Identity.Ledger.Exit;

/// <summary>Judges a whole bundle: the ledger's half by <see cref="ExitCheck"/>, then each status list by what that proves.</summary>
public static class BundleCheck
{
    private static readonly TimeSpan MaxStatusAge = new VerdictPolicy().MaxStatusAge;

    /// <summary>Judges.</summary>
    /// <param name="bundle">As read.</param>
    /// <param name="trusted">Whom to believe; null where the maker is believed.</param>
    /// <param name="lists">The status lists, each with whose it is.</param>
    /// <param name="ct">Ends it.</param>
    public static ExitRuling Run(ExitBundle bundle, ValidatorFile? trusted, out IReadOnlyList<ArchivedList> lists, CancellationToken ct = default)
    {
        lists = [];
        var ruling = ExitCheck.Run(bundle.Ledger, trusted, ct);
        if (ruling is not ExitRuling.Holds holds) return ruling;
        var isThere = bundle.IsOfCredential
            ? bundle.Ledger.Receipts.Any(receipt => receipt.Entry.AsSpan().SequenceEqual(bundle.Subject))
            : bundle.Ledger.Events.OfType<RegistryEvent.OrganisationRegistered>().Any(e => e.Id.AsSpan().SequenceEqual(bundle.Subject));
        if (!isThere) return new ExitRuling.Refused(bundle.IsOfCredential ? "the bundle holds no receipt of the credential that it says to be of" : "the bundle does not hold the organisation that it says to be of");
        using var mirror = ArchiveFolder.Open(bundle.Ledger, holds, TimeProvider.System);
        var view = new MirrorView(mirror);
        var read = new List<ArchivedList>();
        var organisations = bundle.Ledger.Events.OfType<RegistryEvent.OrganisationRegistered>().Select(e => view.FindOrganisation(e.Id)).OfType<OrganisationRecord>().ToList();
        foreach (var (uri, texts) in bundle.Lists)
        {
            ct.ThrowIfCancellationRequested();
            var tokens = texts.Select(text => StatusListToken.TryParse(text, out var token, out _) ? token : throw new InvalidOperationException()).ToList();
            // Of those for whom it was signed (the closed organisation, its depositary), the one under whose address it stands.
            if (organisations.Where(o => StatusSigner.Ends(tokens[0], view, o.Id)).OrderByDescending(o => uri.StartsWith($"{o.Issuer}/", StringComparison.Ordinal)).FirstOrDefault() is not { } owner)
                return new ExitRuling.Refused($"the status list {uri} is not signed by a key of an organisation in the bundle");
            var closing = view.Closing(owner.Id);
            if (!StatusSigner.IsFinal(tokens[0], view, closing) && !IsOfUse(tokens[0], closing is not null, holds.AsOf)) return new ExitRuling.Refused($"the status list {uri} had run out when the bundle was made");
            if (tokens.Skip(1).Any(token => closing is null || !StatusSigner.Ends(token, view, owner.Id))) return new ExitRuling.Refused($"a list beside the status list {uri} was not signed by whoever could end anything by it");
            read.Add(new ArchivedList(uri, owner.Id, texts, tokens[0].IssuedAt));
        }
        lists = read;
        return ruling;
    }

    /// <summary>Whether a list that is not final was still in force at the time as of which a bundle speaks; of an organisation that was closed one that says when it ran out still tells what it ended.</summary>
    public static bool IsOfUse(StatusListToken token, bool isClosed, DateTimeOffset asOf) => token.Expires is { } end ? isClosed || end > asOf : token.IssuedAt >= asOf - MaxStatusAge;
}
