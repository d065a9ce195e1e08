using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;

namespace Identity.Credentials.Dcql;

/// <summary>A credential in the wallet, as far as a query can see it.</summary>
/// <param name="Id">The wallet's name for it.</param>
/// <param name="Format">"dc+sd-jwt".</param>
/// <param name="Vct">Its type.</param>
/// <param name="Claims">All claims, everything disclosed.</param>
/// <param name="HolderBound">True when it names a holder's key.</param>
/// <param name="AuthorityKeyIds">Base64url key identifiers of the certificates above its signer.</param>
public sealed record HeldCredential(string Id, string Format, string Vct, JsonObject Claims, bool HolderBound, IReadOnlyList<string> AuthorityKeyIds)
{
    /// <summary>Of an SD-JWT VC with all its disclosures.</summary>
    public static HeldCredential From(string id, SdJwtVc credential) =>
        new(id, SdJwtVc.Typ, credential.Vct, credential.Claims, credential.HolderKey is not null, AuthorityKeys.Of(credential));
}

/// <summary>A credential that answers one part of the query.</summary>
/// <param name="Credential">Which.</param>
/// <param name="Disclose">The exact places to disclose: those asked for, nothing more.</param>
public sealed record DcqlCandidate(HeldCredential Credential, IReadOnlyList<ClaimPath> Disclose);

/// <summary>One question of the query: ids that go together, several ways to answer, best first.</summary>
/// <param name="Options">The ways the wallet can answer; empty when it cannot.</param>
/// <param name="Required">False when the holder may leave it out.</param>
public sealed record DcqlChoice(IReadOnlyList<IReadOnlyList<string>> Options, bool Required);

/// <summary>What the wallet can answer.</summary>
/// <param name="Satisfied">True when every required choice has an option. When false, nothing is to be sent.</param>
/// <param name="Candidates">For each id of the query the credentials that fit, in the wallet's order.</param>
/// <param name="Choices">The questions for the holder, in the query's order.</param>
public sealed record DcqlMatch(bool Satisfied, IReadOnlyDictionary<string, IReadOnlyList<DcqlCandidate>> Candidates, IReadOnlyList<DcqlChoice> Choices);

/// <summary>The wallet's side: which credentials answer a query, and what of them to show (OpenID4VP 1.0 §6.4).</summary>
public static class DcqlMatcher
{
    /// <summary>Matches a query against everything held. Without credential sets each credential asked for is a required choice of its own.</summary>
    public static DcqlMatch Match(DcqlQuery query, IReadOnlyList<HeldCredential> held)
    {
        var candidates = query.Credentials.ToDictionary(c => c.Id, c => Candidates(c, held));
        IEnumerable<DcqlCredentialSet> sets = query.CredentialSets.Count > 0
            ? query.CredentialSets
            : query.Credentials.Select(c => new DcqlCredentialSet([[c.Id]], Required: true));
        var choices = sets
            .Select(set => new DcqlChoice([.. set.Options.Where(option => option.All(id => candidates[id].Count > 0))], set.Required))
            .ToArray();
        return new DcqlMatch(choices.All(c => c.Options.Count > 0 || !c.Required), candidates, choices);
    }

    private static IReadOnlyList<DcqlCandidate> Candidates(DcqlCredential asked, IReadOnlyList<HeldCredential> held)
    {
        var found = new List<DcqlCandidate>();
        foreach (var credential in held)
        {
            if (credential.Format != asked.Format || !asked.VctValues.Contains(credential.Vct)) continue;
            if (asked.RequireHolderBinding && !credential.HolderBound) continue;
            if (!DcqlSelection.IsTrusted(asked, credential.AuthorityKeyIds)) continue;
            if (DcqlSelection.TrySelect(asked, credential.Claims, out var places)) found.Add(new DcqlCandidate(credential, places));
        }
        return found;
    }
}

/// <summary>The `aki` of a credential: which authorities signed the certificates it carries (OpenID4VP 1.0 §6.1.1.1).</summary>
internal static class AuthorityKeys
{
    public static IReadOnlyList<string> Of(SdJwtVc credential)
    {
        if (!X5c.TryParse(credential.Document.Jwt.Header["x5c"], out var chain, out _)) return [];
        var ids = new List<string>();
        foreach (var certificate in chain)
        {
            using (certificate)
            {
                if (AuthorityOf(certificate) is { } id) ids.Add(id);
            }
        }
        return ids;
    }

    private static string? AuthorityOf(X509Certificate2 certificate)
    {
        try
        {
            return certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier is { } id ? Base64Url.Encode(id.Span) : null;
        }
        catch (CryptographicException)
        {
            return null; // a damaged extension names nobody
        }
    }
}
