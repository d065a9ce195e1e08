using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Dcql;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.Types;
using Identity.Fuzz.Engine;
using Identity.Fuzz.Mutations;
using Identity.Issuer.Issuance;
using Identity.Wallet.Holder;
using System.Security.Cryptography.X509Certificates;

namespace Identity.Fuzz.Targets;

/// <summary>What wallets, verifiers and issuers send each other.</summary>
internal static class ProtocolTargets
{
    private static readonly string[] Queries =
    [
        $$"""{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":["{{World.Vct}}"]},"claims":[{"id":"c","path":["holder_name"]},{"id":"d","path":["level_eqf"],"values":[4,true,"s"]}],"claim_sets":[["c"],["c","d"]],"multiple":true,"trusted_authorities":[{"type":"aki","values":["x"]}]}],"credential_sets":[{"options":[["a"]],"required":false}]}""",
        $$"""{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":["{{World.Vct}}"]},"claims":[{"path":["title"]},{"path":["languages",null]}]}]}""",
    ];

    public static IEnumerable<Target> All()
    {
        SdJwtVc.TryParse(World.Credential(), out var credential, out _);
        var held = HeldCredential.From("1", credential!);
        var shown = PresentedCredential.From(credential!, holderProven: true);
        yield return EncodingTargets.Json("dcql", Queries, bytes =>
        {
            if (!StrictJson.TryParseObject(bytes, out var json, out _) || !DcqlQuery.TryParse(json, out var query, out _)) return Judgement.Refused;
            if (!DcqlQuery.TryParse(query.ToJson(), out var again, out var reason)) return Judgement.False($"what it wrote is refused: {reason}");
            var match = DcqlMatcher.Match(query, [held]);
            // What the wallet would send, the verifier takes; nothing that was not asked is disclosed.
            foreach (var (id, candidates) in match.Candidates)
                foreach (var candidate in candidates)
                    if (candidate.Disclose.Any(p => query.Find(id)!.Claims.All(c => !c.Path.Covers(p) && !p.Covers(c.Path)))) return Judgement.False("more disclosed than asked");
            foreach (var asked in query.Credentials)
                if (match.Candidates.TryGetValue(asked.Id, out var found) && found.Count > 0 && !DcqlCheck.Answers(asked, shown, out var why)) return Judgement.False($"wallet and verifier read the query differently: {why}");
            return Judgement.Require(again.Credentials.Count == query.Credentials.Count, "another query on the way");
        });

        DcqlQuery.TryParse(JsonNode.Parse(Queries[1]), out var single, out _);
        string[] tokens = [new JsonObject { ["a"] = new JsonArray(World.Presentation(World.Credential())) }.ToJsonString()];
        yield return EncodingTargets.Json("vp-token", tokens, bytes =>
        {
            if (!StrictJson.TryParseObject(bytes, out var json, out _) || !DcqlCheck.TryReadVpToken(json, single!, out var read, out _)) return Judgement.Refused;
            return Judgement.Require(read.All(r => r.Key == "a" && r.Value.Count == 1), "an answer to what was not asked");
        });

        string[] offers = ["""{"credential_issuer":"https://college.example/port-selin","credential_configuration_ids":["qualification","qualification-compact"],"grants":{"urn:ietf:params:oauth:grant-type:pre-authorized_code":{"pre-authorized_code":"only-told-to-the-holder","tx_code":{"input_mode":"numeric","length":6}}}}"""];
        yield return EncodingTargets.Text("offer", offers, text =>
        {
            if (!CredentialOffer.TryParse(text, out var offer, out _)) return Judgement.Refused;
            var issuer = new Uri(offer.Issuer);
            return Judgement.Require(issuer.Scheme is "https" or "http" && issuer.UserInfo.Length == 0 && issuer.Query.Length + issuer.Fragment.Length == 0
                && offer.ConfigurationIds.Count is > 0 and <= 32, "an offer of somebody who is no issuer");
        }, JsonDamage.Text);

        string[] links = ["openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fcollege.example%2Foffers%2F1", "openid-credential-offer://?credential_offer=%7B%22a%22%3A1%7D", "https://wallet.example/#offer?credential_offer_uri=https%3A%2F%2Fcollege.example%2Fo"];
        yield return EncodingTargets.Text("offer-link", links, text =>
            !CredentialOffer.TryReadLink(text, out var value, out var reference) ? Judgement.Refused : Judgement.Require(value is null != reference is null, "two offers in one link"));

        yield return Requests();

        var type = TypeDefinition.Find("qualification")!;
        string[] claims = ["""{"holder_name":"Amina Okoye-Reyes","title":"Welding Technician","kind":"diploma","occupation":"7212","level_eqf":4,"awarded_on":"2024-06-30","awarding_body":"Port Selin Technical College","awarding_country":"XT","origin":"original"}"""];
        yield return EncodingTargets.Json("claims", claims, bytes =>
        {
            if (!StrictJson.TryParseObject(bytes, out var json, out _)) return Judgement.Refused;
            var errors = ClaimRules.Check(type, json, DateOnly.FromDateTime(World.Now.UtcDateTime), out var accepted);
            if (accepted is null) return Judgement.Require(errors.Count > 0, "refused without a reason") is { Wrong: { } w } ? Judgement.False(w) : Judgement.Refused;
            if (!SdJwtIssuer.Accepts(accepted, out var reason)) return Judgement.False($"claims that cannot be signed: {reason}");
            return Judgement.Require(accepted.All(c => type.Claim(c.Key) is not null), "a claim that the type does not know");
        });

        string[] dates = ["2024", "2024-06", "2024-06-30"];
        yield return EncodingTargets.Text("partial-date", dates, text => !PartialDate.TryParse(text, out var date) ? Judgement.Refused : Judgement.Require(date.First <= date.Last && text.All(c => char.IsAsciiDigit(c) || c == '-'), "no date"));
    }

    private static Target Requests()
    {
        using var certificate = X509CertificateLoader.LoadCertificate(World.Certificate(World.VerifierKey, "verifier"));
        var client = $"x509_hash:{X5c.Hash(certificate)}";
        string[] good = [.. Queries.Select((query, i) => Jws.Sign(
            new JsonObject { ["typ"] = "oauth-authz-req+jwt", ["x5c"] = X5c.ToJson([certificate]) },
            new JsonObject
            {
                ["client_id"] = client, ["aud"] = "https://self-issued.me/v2", ["response_type"] = "vp_token", ["response_mode"] = "direct_post", ["response_uri"] = $"https://verifier.example/responses/{i}",
                ["nonce"] = World.Nonce, ["state"] = $"s{i}", ["wallet_nonce"] = "w", ["dcql_query"] = JsonNode.Parse(query), ["client_metadata"] = new JsonObject { ["client_name"] = "Harbour Yard" },
            }, World.VerifierKey))];
        return EncodingTargets.Text("request-object", good, text =>
        {
            if (!PresentationRequest.TryRead(text, client, "w", false, out var request, out var refusal)) return Judgement.Require(refusal is { Reason.Length: > 0 }, "refused without a reason") is { Wrong: { } w } ? Judgement.False(w) : Judgement.Refused;
            return Judgement.Require(request.ClientId == client && request.Nonce == World.Nonce && request.ResponseUri.Host == "verifier.example" && request.State is "s0" or "s1" && request.ClientName == "Harbour Yard", "a request that the verifier did not sign");
        }, (text, others, dice) => JoseDamage.Jws(text, others, World.ForeignKey, dice));
    }
}
