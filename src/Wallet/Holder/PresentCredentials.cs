using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Compact;
using Identity.Credentials.Dcql;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Hosting;
using Microsoft.Extensions.Options;

namespace Identity.Wallet.Holder;

/// <summary>What a request asks of the copies that a holder has; the holder consents to exactly this.</summary>
/// <param name="Request">Who asks and where the answer goes.</param>
/// <param name="Match">Which copies answer which question, and which claims each would show.</param>
public sealed record Consent(PresentationRequest Request, DcqlMatch Match);

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
public sealed class PresentCredentials(OutboundFetch fetch, IOptions<OutboundOptions> outbound, TimeProvider clock)
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
        var match = DcqlMatcher.Match(request.Query, [.. held.Select(Describe).OfType<HeldCredential>()]);
        return match.Satisfied ? (new Consent(request, match), null) : (null, new("access_denied", "No credential here answers the request."));
    }

    /// <summary>Answers with the first copy that fits each question that must be answered, showing exactly the claims asked.</summary>
    public async Task<Presented> AnswerAsync(Consent consent, IReadOnlyList<CredentialCopy> held, CancellationToken ct)
    {
        var request = consent.Request;
        var answers = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var id in consent.Match.Choices.Where(c => c.Required).SelectMany(c => c.Options.First(o => o.All(consent.Match.Candidates.ContainsKey))))
        {
            var candidate = consent.Match.Candidates[id][0];
            var copy = held.First(h => Id(h) == candidate.Credential.Id);
            if (!SdJwtDocument.TryParse(copy.SdJwt, out var document, out var reason)) return new Presented.Refused(new("malformed", reason));
            answers[id] = [SdJwtHolder.Present(document, candidate.Disclose, new KeyBindingRequest(request.ClientId, request.Nonce, clock.GetUtcNow()), copy.Key)];
        }
        var (json, refusal) = await _json.PostFormAsync(request.ResponseUri.AbsoluteUri, request.Answer(answers), ct);
        return json is null ? new Presented.Refused(refusal!) : new Presented.Sent(StrictJson.Text(json["redirect_uri"]));
    }

    /// <summary>Answers a challenge QR with the compact proof of a copy: the required claims and the chosen optional ones.</summary>
    public static (string? Answer, HolderRefusal? Refusal) AnswerChallenge(string challengeText, CredentialCopy copy, IReadOnlyCollection<int> chosenOptional)
    {
        if (!CompactChallenge.TryParse(challengeText, out var challenge, out var reason)) return (null, new("invalid_request", reason));
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

    private static string Id(CredentialCopy copy) => copy.Key.PublicKey.ThumbprintText() + copy.Vct;
}
