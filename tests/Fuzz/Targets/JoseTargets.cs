using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.StatusList;
using Identity.Credentials.Verdicts;
using Identity.Fuzz.Engine;
using Identity.Fuzz.Mutations;

namespace Identity.Fuzz.Targets;

/// <summary>Signed and encrypted texts. What verifies with the trusted key must say what one of the good documents says.</summary>
internal static class JoseTargets
{
    public static IEnumerable<Target> All()
    {
        string[] jws = [.. new[] { World.Credential(), World.Credential("Layla Haddad"), World.StatusToken() }.Select(t => t.Split('~')[0])];
        var said = jws.Select(t => t[..t.LastIndexOf('.')]).ToHashSet();
        yield return EncodingTargets.Text("jws", jws, text =>
            !Jws.TryParse(text, out var read, out _) ? Judgement.Refused : !read.Verify(World.Trusted) ? Judgement.Refused : Judgement.Require(said.Contains(read.SigningInput), "other content under the trusted signature"),
            (good, others, dice) => JoseDamage.Jws(good, others, World.ForeignKey, dice));

        yield return SdJwt();
        yield return KeyBound();
        yield return Verdicts();
        yield return Status();
        yield return Jwes();
        yield return Certificates();

        string[] metadata = [new JwtVcIssuerMetadata(World.Issuer, [World.IssuerKey.PublicKey], null).ToJson().ToJsonString(), new JwtVcIssuerMetadata(World.Issuer, [], "https://college.example/jwks").ToJson().ToJsonString()];
        yield return EncodingTargets.Json("issuer-metadata", metadata, bytes =>
            !JwtVcIssuerMetadata.TryParse(bytes, World.Issuer, out var read, out _) ? Judgement.Refused
            : Judgement.Require(read.Issuer == World.Issuer && (read.JwksUri is null || new Uri(read.JwksUri).Scheme is "https" or "http"), "another issuer's, or keys at no web address"));
    }

    private static Target SdJwt()
    {
        string[] good = [World.Credential(), World.Credential("Layla Haddad", "Master Electrician", 9)];
        var whole = good.Select(Claims).ToArray();
        return EncodingTargets.Text("sd-jwt", good, text =>
        {
            if (!SdJwtVc.TryParse(text, out var credential, out _)) return Judgement.Refused;
            _ = (credential.IsTimely(World.Now, TimeSpan.Zero, out _), Identity.Credentials.Dcql.HeldCredential.From("1", credential));
            if (!credential.Document.Jwt.Verify(World.Trusted)) return Judgement.Refused;
            return Judgement.Require(whole.Any(w => IsPartOf(credential.Claims, w)), $"signed claims that nobody signed: {credential.Claims.ToJsonString()}");
        }, (text, others, dice) => JoseDamage.SdJwt(text, others, World.ForeignKey, dice));
    }

    private static Target KeyBound()
    {
        var other = World.Presentation(World.Credential("Layla Haddad", "Master Electrician", 9));
        string[] good = [World.Presentation(World.Credential()), other];
        string[] material = [.. good, World.Presentation(World.Credential(), nonce: "an-older-request-nonce"), World.Presentation(World.Credential(), audience: "x509_hash:another"), World.Credential()];
        var meant = good.Select(Claims).ToArray();
        return EncodingTargets.Text("key-binding", good, text =>
        {
            if (!SdJwtVc.TryParse(text, out var credential, out _) || credential.HolderKey is not { } holder) return Judgement.Refused;
            if (!KeyBinding.TryVerify(credential.Document, holder, World.Nonce, World.Audience, World.Now, TimeSpan.FromMinutes(5), out _)) return Judgement.Refused;
            if (!credential.Document.Jwt.Verify(World.Trusted)) return Judgement.Refused;
            return Judgement.Require(meant.Any(m => JsonNode.DeepEquals(m, credential.Claims)), $"a bound presentation that the holder did not make: {credential.Claims.ToJsonString()}");
        }, (text, others, dice) => JoseDamage.SdJwt(dice.OneIn(4) ? dice.Pick(material) : text, material, World.ForeignKey, dice));
    }

    private static Target Verdicts()
    {
        string[] good = [World.Presentation(World.Credential()), Proofs.Texts[0], Proofs.Texts[3], Proofs.Papers[0], World.Credential()];
        string[] material = [.. good, World.Presentation(World.Credential("Layla Haddad", "Master Electrician")), World.Presentation(World.Credential(), nonce: "an-older-request-nonce"), Proofs.Texts[1], Proofs.Texts[2], Proofs.Texts[4]];
        Expectations[] asked = [new Expectations.Online(World.Nonce, World.Audience), new Expectations.Challenge(Proofs.Asked), new Expectations.Shown(), new Expectations.File()];
        JsonObject[] signed = [Claims(World.Credential()), Claims(World.Credential("Layla Haddad", "Master Electrician")), .. Proofs.Texts.Select(CompactClaims), .. Proofs.Papers.Select(CompactClaims)];
        return EncodingTargets.Text("verdict", good, text =>
        {
            var accepted = false;
            foreach (var expectation in asked)
            {
                var verdict = VerdictEngine.Check(text, expectation, World.Register, World.Now);
                _ = VerdictJson.ToJson(verdict);
                var right = verdict.Outcome == Outcome.Valid;
                accepted |= right;
                // Claims are shown only when they are the issuer's own, whatever the outcome.
                if (verdict.Claims.Count > 0 && !signed.Any(s => IsPartOf(verdict.Claims, s))) return Judgement.False($"{verdict.Reason}: claims that nobody signed: {verdict.Claims.ToJsonString()}");
                if (right && expectation is not Expectations.File && verdict.Binding == BindingLevel.None) return Judgement.False("valid although nobody proved to hold it");
            }
            return accepted ? Judgement.Fine : Judgement.Refused;
        }, (_, _, dice) =>
        {
            var text = dice.Pick(material);
            return text[0] == 'I' ? CompactTargets.DamageText(text, material, dice) : JoseDamage.SdJwt(text, [.. material.Where(m => m[0] != 'I')], World.ForeignKey, dice);
        });
    }

    private static Target Status()
    {
        string[] good = [World.StatusToken(), World.StatusToken(1)];
        var reference = new StatusReference(World.StatusUri, World.StatusIndex);
        var meant = good.Select(t => Meaning(StatusListToken.TryParse(t, out var token, out _) ? token : throw new InvalidOperationException())).ToHashSet();
        return EncodingTargets.Text("status-list", good, text =>
        {
            if (!StatusListToken.TryParse(text, out var token, out _, maxEntries: 1 << 16)) return Judgement.Refused;
            _ = (token.FreshUntil(World.Now, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)), token.TryRead(reference, World.Now, TimeSpan.Zero, out _, out _), token.TryRead(reference with { Index = int.MaxValue }, World.Now, TimeSpan.Zero, out _, out _));
            return !token.Jws.Verify(World.Trusted) ? Judgement.Refused : Judgement.Require(meant.Contains(Meaning(token)), "a list that the issuer did not sign");
        }, (text, others, dice) => JoseDamage.Jws(text, others, World.ForeignKey, dice));

        static string Meaning(StatusListToken t) => $"{t.Uri}|{t.IssuedAt}|{t.Expires}|{t.TimeToLive}|{t.List.Bits}|{Convert.ToHexString(t.List.Bytes)}";
    }

    private static Target Jwes()
    {
        var own = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = SHA256.HashData("fuzz jwe"u8) });
        var jwk = Jwk.From(own) with { Kid = "k" };
        string[] good = [Jwe.Encrypt("""{"vp_token":{}}"""u8, jwk, "A128GCM", World.Salts("iv")), Jwe.Encrypt("""{"vp_token":{"a":["b"]}}"""u8, jwk, "A256GCM", World.Salts("iv2"), "a"u8, "b"u8)];
        return EncodingTargets.Text("jwe", good, text =>
            !Jwe.TryDecrypt(text, kid => kid == "k" ? own : null, out var plain, out _, 100_000) ? Judgement.Refused
            : Judgement.Require(Encoding.UTF8.GetString(plain) is """{"vp_token":{}}""" or """{"vp_token":{"a":["b"]}}""", "content that nobody encrypted"),
            (text, others, dice) =>
            {
                var parts = text.Split('.');
                var other = dice.Pick(others).Split('.');
                if (parts.Length != 5 || dice.OneIn(4)) return Damage.Text(text, others, dice);
                var at = dice.Next(5);
                parts[at] = at == 0 ? JoseDamage.Json(parts[0], [other[0]], dice) : dice.OneIn(2) && other.Length == 5 ? other[at] : Damage.Text(parts[at], other, dice);
                return string.Join('.', parts);
            });
    }

    private static Target Certificates()
    {
        using var root = World.Key("root");
        var anchorRequest = new CertificateRequest("CN=Root", root.Raw, HashAlgorithmName.SHA256);
        anchorRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var anchor = anchorRequest.CreateSelfSigned(World.Now.AddYears(-1), World.Now.AddYears(9));
        var leafRequest = new CertificateRequest("CN=Leaf", World.IssuerKey.Raw, HashAlgorithmName.SHA256);
        leafRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        leafRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("college.example");
        leafRequest.CertificateExtensions.Add(names.Build());
        using var leaf = leafRequest.Create(anchor, World.Now.AddYears(-1), World.Now.AddYears(5), [9, 9]);
        var key = World.IssuerKey.PublicKey.ThumbprintText();
        byte[][] good = [leaf.RawData];
        byte[][] material = [leaf.RawData, anchor.RawData, World.Certificate(World.ForeignKey)];
        return new Target("x5c", good, dice => Damage.Bytes(dice.OneIn(6) ? dice.Pick(material) : good[0], material, dice), bytes =>
        {
            if (!X5c.TryParse(new JsonArray(Convert.ToBase64String(bytes)), out var chain, out _)) return Judgement.Refused;
            try
            {
                _ = X5c.IsFor(chain[0], "college.example");
                var hasKey = X5c.TryLeafKey(chain[0], out var found);
                return !X5c.TryValidate(chain, [anchor], World.Now, out _) ? Judgement.Refused
                    : Judgement.Require(hasKey && found!.ThumbprintText() == key, "a certificate that the anchor did not sign");
            }
            finally
            {
                foreach (var certificate in chain) certificate.Dispose();
            }
        }, BaseBytes: 4 * 1024 * 1024);
    }

    internal static JsonObject Claims(string sdJwt) => SdJwtVc.TryParse(sdJwt, out var credential, out var reason) ? credential.Claims : throw new InvalidOperationException(reason);

    private static JsonObject CompactClaims(string proof) =>
        Identity.Credentials.Compact.CompactVerifier.TryRead(proof, out var read, out var reason) ? read.Claims(Identity.Credentials.Types.TypeDefinition.Find(World.Vct)) : throw new InvalidOperationException(reason);

    /// <summary>Every claim is one of the whole's, lists with places left out.</summary>
    private static bool IsPartOf(JsonObject shown, JsonObject whole) => shown.All(claim => whole.TryGetPropertyValue(claim.Key, out var value)
        && (JsonNode.DeepEquals(claim.Value, value) || (claim.Value is JsonArray some && value is JsonArray all && some.All(s => all.Any(a => JsonNode.DeepEquals(a, s))))));
}
