using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Dcql;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.StatusList;
using Identity.Credentials.Tests.SdJwt;

namespace Identity.Credentials.Tests.Jose;

/// <summary>Ten thousand damaged inputs for every parser of outside bytes: each answers yes or no, none throws. The seed is fixed, so a failure repeats.</summary>
public sealed class ParserMutationTests
{
    private const int Rounds = 10_000;

    [Fact]
    public void Sd_jwt_parsers_only_refuse()
    {
        var document = SdJwtKit.Issue();
        var text = SdJwtHolder.Present(document, [new("given_name"), new("address", "locality")], new(SdJwtKit.Audience, SdJwtKit.Nonce, SdJwtKit.Now), SdJwtKit.Holder);
        Storm(text, damaged =>
        {
            if (!SdJwtVc.TryParse(damaged, out var credential, out _)) return;
            if (credential.HolderKey is { } holder)
                KeyBinding.TryVerify(credential.Document, holder, SdJwtKit.Nonce, SdJwtKit.Audience, SdJwtKit.Now, TimeSpan.FromMinutes(5), out _);
            _ = HeldCredential.From("1", credential);
        });
    }

    [Fact]
    public void Payloads_signed_by_anyone_only_refuse()
    {
        const string disclosure = """["s","a",{"_sd":["x"]}]""";
        var payload = $$"""{"vct":"x","iss":"y","exp":1e9,"cnf":{"jwk":{{SdJwtKit.Holder.PublicKey.ToJson().ToJsonString()}} },"status":{"status_list":{"idx":1,"uri":"https://a.example"} },"_sd":[{{SdJwtKit.D(disclosure)}}],"_sd_alg":"sha-256","l":[{"...":"x"},1,null]}""";
        Storm(payload, damaged =>
        {
            // The signature does not matter here: everything is read before it is believed.
            var text = $"{SdJwtKit.Encode("""{"alg":"ES256","typ":"dc+sd-jwt","x5c":["AAAA"]}""")}.{SdJwtKit.Encode(damaged)}.AAAA~{SdJwtKit.Encode(disclosure)}~";
            if (SdJwtVc.TryParse(text, out var credential, out _)) credential.IsTimely(SdJwtKit.Now, TimeSpan.Zero, out _);
        });
    }

    [Fact]
    public void Headers_only_refuse() => Storm("""{"alg":"ES256","typ":"dc+sd-jwt","kid":"k","crit":null}""", damaged =>
    {
        if (Jws.TryParse($"{SdJwtKit.Encode(damaged)}.{SdJwtKit.Encode("{}")}.{Base64Url.Encode(new byte[64])}", out var jws, out _)) _ = (jws.Type, jws.KeyId, jws.Verify(SdJwtKit.IssuerKey));
    });

    [Fact]
    public void Status_list_parser_only_refuses()
    {
        var lst = new StatusArray(2, 1000).Encode();
        Storm($$"""{"sub":"https://a.example/1","iat":1700000000,"exp":1800000000,"ttl":900,"status_list":{"bits":2,"lst":"{{lst}}"} }""", damaged =>
        {
            var text = $"{SdJwtKit.Encode("""{"alg":"ES256","typ":"statuslist+jwt"}""")}.{SdJwtKit.Encode(damaged)}.AAAA";
            if (StatusListToken.TryParse(text, out var token, out _)) token.FreshUntil(token.IssuedAt, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));
        });
    }

    [Fact]
    public void Inflate_only_refuses()
    {
        var whole = Inflate.Deflate(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 300))));
        var random = new Random(5);
        for (var i = 0; i < Rounds; i++) Inflate.TryInflateZlib(Damage(whole, random), 10_000, out _, out _);
    }

    [Fact]
    public void Jwe_parser_only_refuses()
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        Storm(Jwe.Encrypt("secret"u8, Jwk.From(key) with { Kid = "k" }, "A128GCM", RandomNumberGenerator.Fill, "a"u8, "b"u8), damaged => Jwe.TryDecrypt(damaged, _ => key, out _, out _));
    }

    [Fact]
    public void Jwe_headers_only_refuse()
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var parts = Jwe.Encrypt("secret"u8, Jwk.From(key) with { Kid = "k" }, "A128GCM", RandomNumberGenerator.Fill).Split('.', 2);
        Assert.True(Base64Url.TryDecode(parts[0], out var header));
        Storm(Encoding.UTF8.GetString(header), damaged => Jwe.TryDecrypt($"{SdJwtKit.Encode(damaged)}.{parts[1]}", _ => key, out _, out _));
    }

    [Fact]
    public void Key_parsers_only_refuse()
    {
        using var eddsa = Ed25519Key.Create();
        foreach (var jwk in new[] { SdJwtKit.Issuer.PublicKey, eddsa.PublicKey })
        {
            Storm(jwk.ToJson().ToJsonString(), damaged =>
            {
                if (StrictJson.TryParseObject(Encoding.UTF8.GetBytes(damaged), out var json, out _) && Jwk.TryParse(json, out var key, out _) && VerificationKey.TryImport(key, out var verifier, out _))
                    verifier.Verify("x"u8, new byte[64]);
            });
        }
    }

    [Fact]
    public void Certificate_parser_only_refuses()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=A", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(SdJwtKit.Now, SdJwtKit.Now.AddDays(1));
        var random = new Random(7);
        for (var i = 0; i < Rounds / 4; i++)
        {
            if (!X5c.TryParse(new JsonArray(Convert.ToBase64String(Damage(certificate.RawData, random))), out var chain, out _)) continue;
            X5c.TryLeafKey(chain[0], out _);
            if (i % 20 == 0) X5c.TryValidate(chain, [certificate], SdJwtKit.Now, out _);
        }
    }

    [Fact]
    public void Query_parser_only_refuses() => Storm(
        """{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":["x"]},"claims":[{"id":"c","path":["a",null,0],"values":[1,true,"s"]}],"claim_sets":[["c"]],"multiple":true,"trusted_authorities":[{"type":"aki","values":["x"]}]}],"credential_sets":[{"options":[["a"]],"required":false}]}""",
        damaged =>
        {
            if (!StrictJson.TryParseObject(Encoding.UTF8.GetBytes(damaged), out var json, out _)) return;
            if (DcqlQuery.TryParse(json, out var query, out _)) DcqlMatcher.Match(query, [Dcql.DcqlTests.Held()]);
            DcqlCheck.TryReadVpToken(json["credentials"], Dcql.DcqlTests.Ask("""[{"path":["age"]}]"""), out _, out _);
            JwtVcIssuerMetadata.TryParse(Encoding.UTF8.GetBytes(damaged), "x", out _, out _);
        });

    private static void Storm(string good, Action<string> parse)
    {
        var random = new Random(20261122);
        parse(good);
        for (var i = 0; i < Rounds; i++)
        {
            var damaged = i % 3 == 0 && good[0] == '{' ? Rearranged(good, random) : Encoding.UTF8.GetString(Damage(Encoding.UTF8.GetBytes(good), random));
            try
            {
                parse(damaged);
            }
            catch (Exception fault)
            {
                Assert.Fail($"{fault.GetType().Name} for: {damaged}\n{fault}");
            }
        }
    }

    /// <summary>Changed, removed, doubled and inserted bytes; JSON's own marks more often than others.</summary>
    private static byte[] Damage(byte[] good, Random random)
    {
        var bytes = good.ToList();
        for (var n = random.Next(1, 5); n > 0 && bytes.Count > 1; n--)
        {
            var at = random.Next(bytes.Count);
            var fresh = random.Next(2) == 0 ? (byte)random.Next(256) : "{}[]\",:~.\\0-e=_"u8[random.Next(15)];
            switch (random.Next(5))
            {
                case 0: bytes[at] = fresh; break;
                case 1: bytes.RemoveAt(at); break;
                case 2: bytes.Insert(at, fresh); break;
                case 3: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
                default: bytes.InsertRange(at, bytes.Skip(random.Next(bytes.Count)).Take(random.Next(1, 20)).ToArray()); break;
            }
        }
        return [.. bytes];
    }

    /// <summary>The same JSON with one value put in the place of another, or of another kind: still well formed.</summary>
    private static string Rearranged(string good, Random random)
    {
        var root = JsonNode.Parse(good)!;
        var nodes = new List<JsonNode>();
        Collect(root, nodes);
        var target = nodes[random.Next(nodes.Count)];
        var strange = new[] { "null", "[]", "{}", "\"\"", "-1", "1e999", "0.5", "[[]]", "\"_sd\"", "{\"_sd\":[1]}", "[{\"...\":1}]", "99999999999999999999", "true" };
        target.ReplaceWith(random.Next(2) == 0 ? JsonNode.Parse(strange[random.Next(strange.Length)]) : nodes[random.Next(nodes.Count)].DeepClone());
        return root.ToJsonString(new JsonSerializerOptions());

        static void Collect(JsonNode node, List<JsonNode> found)
        {
            foreach (var child in node is JsonObject members ? members.Select(m => m.Value) : node is JsonArray items ? items : [])
            {
                if (child is null) continue;
                found.Add(child);
                Collect(child, found);
            }
        }
    }
}
