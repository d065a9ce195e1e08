using Identity.Credentials.StatusList;
using Identity.Credentials.Verdicts;
using Identity.Ledger.Exit;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Identity.Verifier.Trust;

namespace Identity.Verifier.Exit;

/// <summary>Judges a whole bundle: the ledger's half by <see cref="ExitCheck"/>, then each status list by what that proves.</summary>
public static class BundleCheck
{
    private static readonly TimeSpan MaxStatusAge = new VerdictPolicy().MaxStatusAge;

    /// <summary>Judges.</summary>
    /// <param name="bundle">As read.</param>
    /// <param name="trusted">Whom to believe; null where the maker is believed.</param>
    /// <param name="lists">The status lists, each with whose it is.</param>
    public static ExitRuling Run(ExitBundle bundle, ValidatorFile? trusted, out IReadOnlyList<ArchivedList> lists)
    {
        lists = [];
        var ruling = ExitCheck.Run(bundle.Ledger, trusted);
        if (ruling is not ExitRuling.Holds holds) return ruling;
        var isThere = bundle.IsOfCredential
            ? bundle.Ledger.Receipts.Any(receipt => receipt.Entry.AsSpan().SequenceEqual(bundle.Subject))
            : bundle.Ledger.Events.OfType<RegistryEvent.OrganisationRegistered>().Any(e => e.Id.AsSpan().SequenceEqual(bundle.Subject));
        if (!isThere) return new ExitRuling.Refused(bundle.IsOfCredential ? "the bundle holds no receipt of the credential that it says to be of" : "the bundle does not hold the organisation that it says to be of");
        using var mirror = ArchiveFolder.Open(bundle.Ledger, holds, TimeProvider.System);
        var view = new MirrorView(mirror);
        var read = new List<ArchivedList>();
        foreach (var (uri, text) in bundle.Lists)
        {
            StatusListToken.TryParse(text, out var token, out _);
            var closed = bundle.Ledger.Events.OfType<RegistryEvent.OrganisationClosed>().Select(e => e.Organisation).FirstOrDefault(id => StatusSigner.IsFinal(token!, view, view.Closing(id)));
            if ((closed ?? StatusSigner.Find(token!, view)?.Organisation) is not { } owner) return new ExitRuling.Refused($"the status list {uri} is not signed by a key of an organisation in the bundle");
            if (closed is null && !IsOfItsTime(token!, holds.AsOf)) return new ExitRuling.Refused($"the status list {uri} had run out when the bundle was made");
            read.Add(new ArchivedList(uri, owner, text, token!.IssuedAt));
        }
        lists = read;
        return ruling;
    }

    /// <summary>Whether a list that is not final was still in force at the time as of which a bundle speaks.</summary>
    public static bool IsOfItsTime(StatusListToken token, DateTimeOffset asOf) => token.Expires is { } end ? end > asOf : token.IssuedAt >= asOf - MaxStatusAge;
}
