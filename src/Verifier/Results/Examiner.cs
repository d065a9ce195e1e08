using Identity.Credentials.Compact;
using Identity.Credentials.Dcql;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.StatusList;
using Identity.Credentials.Verdicts;
using Identity.Verifier.Policies;
using Identity.Verifier.Status;
using Identity.Verifier.Trust;

namespace Identity.Verifier.Results;

/// <summary>A verdict, the thumbprint of the key that answered, where one was proven, and the place of its status, where the issuer's signature held and it names one.</summary>
public sealed record Examined(Verdict Verdict, string? HolderKey, StatusReference? Status = null);

/// <summary>
/// Runs the pure verdict over local data. Two things are fetched, and only when the verdict so far asks for them: the keys that an
/// issuer publishes about itself where the register knows none, and a status list met for the first time, after everything else about the credential held.
/// </summary>
public sealed class Examiner(TrustView trust, StatusCache status, IssuerKeys issuerKeys, VerdictPolicy policy, TimeProvider clock)
{
    /// <summary>Examines a text that somebody handed over: an SD-JWT VC, a compact proof or a paper. Nobody is asked to prove anything.</summary>
    public async Task<Examined> FileAsync(string text, CancellationToken ct) =>
        new(await ExamineAsync(text, new Expectations.File(), ct), null);

    /// <summary>Examines a presentation that answers one part of our request.</summary>
    /// <param name="text">As the wallet sent it.</param>
    /// <param name="asked">The part of the query it stands under.</param>
    /// <param name="complete">Whether the whole answer holds every credential that was needed.</param>
    /// <param name="nonce">Of the request.</param>
    /// <param name="audience">Our full client id.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<Examined> OnlineAsync(string text, DcqlCredential asked, bool complete, string nonce, string audience, CancellationToken ct)
    {
        var expectations = new Expectations.Online(nonce, audience)
        {
            Asked = asked,
            Asks = complete ? null : new AskResult(false, "the answer lacks a credential that was asked for"),
        };
        var verdict = await ExamineAsync(text, expectations, ct);
        if (!SdJwtVc.TryParse(text, out var credential, out _)) return new Examined(verdict, null);
        return new Examined(verdict, IsHolderProven(verdict) ? credential.HolderKey?.ThumbprintText() : null, verdict.Claims.Count > 0 ? credential.Status : null);
    }

    /// <summary>Examines a proof or a paper read by the camera against the challenge that was shown; by <paramref name="otherwise"/> where it was read earlier.</summary>
    public async Task<Examined> ScanAsync(string text, CompactChallenge challenge, AskedCredential asked, CancellationToken ct, VerdictPolicy? otherwise = null)
    {
        var expectations = new Expectations.Challenge(challenge) { Asks = CompactVerifier.TryRead(text, out var form, out _) ? Values(form, asked) : null };
        var verdict = await ExamineAsync(text, expectations, ct, otherwise);
        return new Examined(verdict, form is CompactPresentation proof && IsHolderProven(verdict) ? Convert.ToHexStringLower(proof.Issuer.Holder) : null);
    }

    /// <summary>
    /// Looks at one status again, from a list that is asked for anew: null where the issuer is not in the register. A list is asked for only where it is held already or
    /// stands under the issuer's own address.
    /// </summary>
    public async Task<Verdict?> StatusAsync(string issuer, StatusReference reference, CancellationToken ct)
    {
        if (trust.FindOrganisationByIssuer(issuer) is not { } organisation) return null;
        if (!IsArchive && (trust.FindStatus(reference.Uri) is not null || reference.Uri.StartsWith($"{organisation.Issuer}/", StringComparison.Ordinal))) await status.FetchAsync(reference.Uri, organisation, ct);
        return VerdictEngine.CheckStatus(organisation, reference, trust, clock.GetUtcNow(), policy);
    }

    private bool IsArchive => trust.Archive(null) is not null;

    private static bool IsHolderProven(Verdict verdict) => verdict.Checks.Any(check => check is { Name: CheckName.Holder, Result: CheckResult.Passed });

    // The challenge asks for claims; the values they must have are ours to compare. The same rule as DCQL's "values".
    private static AskResult? Values(ICompactForm form, AskedCredential asked)
    {
        var claims = form.Claims(asked.Type);
        foreach (var (name, allowed) in asked.Values)
            if (!allowed.Any(value => System.Text.Json.Nodes.JsonNode.DeepEquals(value, claims[name])))
                return new AskResult(false, $"{name} has another value than was asked for");
        return null;
    }

    private async Task<Verdict> ExamineAsync(string text, Expectations expectations, CancellationToken ct, VerdictPolicy? otherwise = null)
    {
        var verdict = Judge(text, expectations, [], otherwise);
        if (IsArchive) return verdict; // it asks nobody

        IReadOnlyList<Jwk> published = [];
        if (verdict.Reason == ReasonCode.IssuerUnknown && verdict.Facts.StatedIssuer is { } stated)
        {
            published = await issuerKeys.FindAsync(stated, ct);
            if (published.Count > 0) verdict = Judge(text, expectations, published, otherwise);
        }

        if (NeedsStatus(verdict) && FindList(text, verdict) is var (uri, issuer) && await status.FetchAsync(uri, issuer, ct))
            verdict = Judge(text, expectations, published, otherwise);
        return verdict;
    }

    private Verdict Judge(string text, Expectations expectations, IReadOnlyList<Jwk> published, VerdictPolicy? otherwise) =>
        VerdictEngine.Check(text, expectations, trust, clock.GetUtcNow(), otherwise ?? policy, published);

    // A list is fetched for a credential whose signature, issuer, accreditation, binding and dates held, and for no other.
    private static bool NeedsStatus(Verdict verdict) =>
        verdict.Reason == ReasonCode.StaleData && verdict.Checks.Any(check => check.Name == CheckName.Status && check.Result != CheckResult.Passed);

    private (string Uri, OrganisationRecord Issuer)? FindList(string text, Verdict verdict)
    {
        if (verdict.Facts.Issuer is not { } facts || trust.FindOrganisationByIssuer(facts.Issuer) is not { } issuer) return null;
        if (CompactVerifier.TryRead(text, out var form, out _)) return ($"{issuer.Issuer}/status/{form.List}", issuer);
        return SdJwtVc.TryParse(text, out var credential, out _) && credential.Status is { } reference ? (reference.Uri, issuer) : null;
    }
}
