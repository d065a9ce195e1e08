using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Compact;
using Identity.Credentials.Dcql;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.Types;
using Identity.Credentials.Verifiers;
using Identity.Hosting;
using Microsoft.Extensions.Options;

namespace Identity.Wallet.Holder;

/// <summary>What a request asks of the copies that a holder has; the holder consents to exactly this.</summary>
/// <param name="Request">Who asks and where the answer goes.</param>
/// <param name="Match">Which copies answer which question, and which claims each would show.</param>
/// <param name="Asking">What the list of registered verifiers says of it; null for a holder that keeps no list.</param>
public sealed record Consent(PresentationRequest Request, DcqlMatch Match, Asking? Asking);

/// <summary>What became of presenting.</summary>
public abstract record Presented
{
    private Presented() { }

    /// <summary>The verifier took the answer; on the same device the browser goes on at <paramref name="RedirectUri"/>.</summary>
    public sealed record Sent(string? RedirectUri) : Presented;

    /// <summary>Nothing was sent, or the verifier refused it.</summary>
    public sealed record Refused(HolderRefusal Why) : Presented;
}

/// <summary>The wallet's side of OpenID4VP 1.0 and of the challenge QR.</summary>
/// <param name="fetch">Reaches verifiers.</param>
/// <param name="outbound">What may be reached.</param>
/// <param name="clock">The holder's clock.</param>
/// <param name="verifiers">The list that the holder carries; null for one that carries none at all, tells no asker from another and refuses nobody: for tests and tools, not for people.</param>
public sealed class PresentCredentials(OutboundFetch fetch, IOptions<OutboundOptions> outbound, TimeProvider clock, KnownVerifiers? verifiers = null)
{
    private const string RequestType = "application/oauth-authz-req+jwt";
    private readonly HolderJson _json = new(fetch);

    /// <summary>Fetches and checks a request and finds what would answer it. Sends nothing of the holder's.</summary>
    public async Task<(Consent? Consent, HolderRefusal? Refusal)> ReviewAsync(string link, IReadOnlyList<CredentialCopy> held, CancellationToken ct)
    {
        var parameters = LinkParameters.Read(link);
        if (!parameters.TryGetValue("client_id", out var clientId) || !Uri.TryCreate(parameters.GetValueOrDefault("request_uri"), UriKind.Absolute, out var uri))
            return (null, new("invalid_request", "The link holds no request."));
        var method = parameters.GetValueOrDefault("request_uri_method", "get");
        if (method is not ("get" or "post")) return (null, new("invalid_request_uri_method", "The request can be fetched by GET and POST only."));

        var walletNonce = method == "post" ? Base64Url.Encode(RandomNumberGenerator.GetBytes(16)) : null;
        if (await FetchAsync(uri, walletNonce, ct) is not FetchResult.Answer { IsSuccess: true } answer) return (null, new("unreachable", "The request could not be fetched."));
        if (!PresentationRequest.TryRead(Encoding.UTF8.GetString(answer.Body), clientId, walletNonce, outbound.Value.AllowLoopback, out var request, out var refusal))
            return (null, refusal);
        var asking = verifiers?.Judge(request, clock.GetUtcNow());
        if (KnownVerifiers.RefusalOf(asking) is { } stop) return (null, stop);
        var match = DcqlMatcher.Match(request.Query, [.. held.Select(Describe).OfType<HeldCredential>()]);
        return match.Satisfied ? (new Consent(request, match, asking), null) : (null, new("access_denied", "No credential here answers the request."));
    }

    /// <summary>
    /// Answers with the first copy that fits each question that must be answered. What is sensitive, what goes beyond the asker's
    /// registration, and what a derived yes or no makes unnecessary is shown only where the holder agreed to it by name.
    /// </summary>
    /// <param name="consent">What was reviewed.</param>
    /// <param name="held">The copies.</param>
    /// <param name="ct">Ends the sending.</param>
    /// <param name="agreed">Names of claims that the holder agreed to deliberately.</param>
    public async Task<Presented> AnswerAsync(Consent consent, IReadOnlyList<CredentialCopy> held, CancellationToken ct, IReadOnlyCollection<string>? agreed = null)
    {
        var request = consent.Request;
        var (chosen, refusal) = Select(consent, held, agreed ?? []);
        if (refusal is not null) return new Presented.Refused(refusal);
        var answers = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var one in chosen)
        {
            if (!SdJwtDocument.TryParse(one.Copy.SdJwt, out var document, out var reason)) return new Presented.Refused(new("malformed", reason));
            answers[one.Id] = [SdJwtHolder.Present(document, one.Disclose, new KeyBindingRequest(request.ClientId, request.Nonce, clock.GetUtcNow()), one.Copy.Key)];
        }
        (var json, refusal) = await _json.PostFormAsync(request.ResponseUri.AbsoluteUri, request.Answer(answers), ct);
        return json is null ? new Presented.Refused(refusal!) : new Presented.Sent(StrictJson.Text(json["redirect_uri"]));
    }

    /// <summary>What <see cref="AnswerAsync"/> would send: for each question that must be answered the first copy that fits, and the places it would show.</summary>
    internal static (IReadOnlyList<(string Id, CredentialCopy Copy, IReadOnlyList<ClaimPath> Disclose)> Chosen, HolderRefusal? Refusal) Select(
        Consent consent, IReadOnlyList<CredentialCopy> held, IReadOnlyCollection<string> agreed)
    {
        var chosen = new List<(string, CredentialCopy, IReadOnlyList<ClaimPath>)>();
        foreach (var id in consent.Match.Choices.Where(c => c.Required).SelectMany(c => c.Options.First(o => o.All(consent.Match.Candidates.ContainsKey))))
        {
            var candidate = consent.Match.Candidates[id][0];
            if (Choose(consent, id, candidate, agreed, out var off) is not { } disclose) return ([], new("access_denied", $"This goes only by a deliberate yes: {string.Join(", ", off)}."));
            chosen.Add((id, held.First(h => Id(h) == candidate.Credential.Id), disclose));
        }
        return (chosen, null);
    }

    /// <summary>The same request, matched again: the holder prefers another order of copies.</summary>
    internal static Consent Rematch(Consent consent, IReadOnlyList<CredentialCopy> held) =>
        consent with { Match = DcqlMatcher.Match(consent.Request.Query, [.. held.Select(Describe).OfType<HeldCredential>()]) };

    /// <summary>What of this question goes only by a deliberate yes.</summary>
    internal static IReadOnlyCollection<string> Closed(Consent consent, string id)
    {
        Choose(consent, id, consent.Match.Candidates[id][0], [], out var off);
        return off;
    }

    // The first way to answer that needs nothing switched off; null, with what is, where there is none.
    private static IReadOnlyList<ClaimPath>? Choose(Consent consent, string id, DcqlCandidate candidate, IReadOnlyCollection<string> agreed, out IReadOnlyCollection<string> off)
    {
        var asked = consent.Request.Query.Find(id)!;
        var vct = candidate.Credential.Vct;
        var sets = asked.ClaimSets.Count == 0 ? [[.. asked.Claims]] : asked.ClaimSets.Select(set => asked.Claims.Where(claim => set.Contains(claim.Id!)).ToList()).ToList();
        var names = asked.Claims.Where(claim => sets.Any(set => set.Contains(claim))).Select(claim => (KnownVerifiers.NameOf(claim), !sets.All(set => set.Contains(claim)))).Distinct().ToList();
        var extra = consent.Asking?.Extra.Where(one => one.Type == vct || one.Type.Length == 0).Select(one => one.Claim).ToHashSet() ?? [];
        var closed = ConsentDefaults.Off(TypeDefinition.Find(vct), names, extra).Where(name => !agreed.Contains(name)).ToHashSet();
        off = closed;
        // A card that is itself beyond the registration has no claim to switch: it needs the same yes, by the card's type.
        if (extra.Contains("") && !agreed.Contains(vct)) { off = [vct]; return null; }
        foreach (var set in sets.Where(set => !set.Any(claim => closed.Contains(KnownVerifiers.NameOf(claim)))))
        {
            var alone = new DcqlQuery([asked with { Claims = set, ClaimSets = [] }], []);
            if (DcqlMatcher.Match(alone, [candidate.Credential]).Candidates[id] is [var found, ..]) return found.Disclose;
        }
        return null;
    }

    /// <summary>Answers a challenge QR as <see cref="AnswerChallenge"/> does, but refuses whom the list does not name, and what goes beyond a registration unless it was agreed to by name.</summary>
    public (string? Answer, HolderRefusal? Refusal) AnswerKnown(string challengeText, CredentialCopy copy, IReadOnlyCollection<int> chosenOptional, IReadOnlyCollection<string>? agreed = null)
    {
        if (!CompactChallenge.TryParse(challengeText, out var challenge, out var reason)) return (null, new("invalid_request", reason));
        var asking = verifiers?.Judge(challenge, clock.GetUtcNow());
        if (KnownVerifiers.RefusalOf(asking) is { } stop) return (null, stop);
        var type = TypeDefinition.Find(challenge.Type);
        List<(string Claim, bool Optional)> names = [.. challenge.Required.Select(key => (NameOf(key), false)), .. challenge.Optional.Select(key => (NameOf(key), true))];
        var off = ConsentDefaults.Off(type, names, [.. asking?.Extra.Select(one => one.Claim) ?? []]).Where(name => agreed?.Contains(name) != true).ToHashSet();
        if (asking?.Extra.Any(one => one.Claim.Length == 0 && agreed?.Contains(one.Type) != true) == true) return (null, new("more_than_registered", "The verifier is not registered to ask for this card."));
        if (challenge.Required.Select(NameOf).Where(off.Contains).ToList() is { Count: > 0 } needed)
            return (null, new(asking?.Standing == Standing.More ? "more_than_registered" : "access_denied", $"This goes only by a deliberate yes: {string.Join(", ", needed)}."));
        return Answer(challenge, copy, [.. chosenOptional.Where(key => !off.Contains(NameOf(key)))]);

        string NameOf(int key) => type?.Claim(key)?.Name ?? $"{key}";
    }

    /// <summary>Answers a challenge QR with the compact proof of a copy: the required claims and the chosen optional ones. Asks nobody who the verifier is.</summary>
    public static (string? Answer, HolderRefusal? Refusal) AnswerChallenge(string challengeText, CredentialCopy copy, IReadOnlyCollection<int> chosenOptional) =>
        CompactChallenge.TryParse(challengeText, out var challenge, out var reason) ? Answer(challenge, copy, chosenOptional) : (null, new("invalid_request", reason));

    private static (string? Answer, HolderRefusal? Refusal) Answer(CompactChallenge challenge, CredentialCopy copy, IReadOnlyCollection<int> chosenOptional)
    {
        if (copy.Compact is null || copy.Compact.Issuer.Type != challenge.Type) return (null, new("access_denied", "This credential does not answer the question."));
        var keys = challenge.Required.Concat(challenge.Optional.Where(chosenOptional.Contains)).ToList();
        if (challenge.Required.Any(key => copy.Compact.Leaves.All(leaf => leaf.Key != key))) return (null, new("access_denied", "This credential lacks a claim that is asked for."));
        try
        {
            return (CompactHolder.Answer(copy.Compact, keys, challenge, copy.Key), null);
        }
        catch (ArgumentException)
        {
            return (null, new("access_denied", "What is asked for does not fit into a code.")); // or the copy's key is not its holder's
        }
    }

    private Task<FetchResult> FetchAsync(Uri uri, string? walletNonce, CancellationToken ct) => walletNonce is null
        ? fetch.GetAsync(uri, RequestType, 100_000, ct)
        : fetch.PostAsync(uri, new FormUrlEncodedContent([KeyValuePair.Create("wallet_nonce", walletNonce)]), RequestType, 100_000, ct);

    private static HeldCredential? Describe(CredentialCopy copy) => SdJwtVc.TryParse(copy.SdJwt, out var credential, out _) ? HeldCredential.From(Id(copy), credential) : null;

    /// <summary>Whether what was matched is this copy.</summary>
    internal static bool Is(HeldCredential matched, CredentialCopy copy) => matched.Id == Id(copy);

    private static string Id(CredentialCopy copy) => copy.Key.PublicKey.ThumbprintText() + copy.Vct;
}
