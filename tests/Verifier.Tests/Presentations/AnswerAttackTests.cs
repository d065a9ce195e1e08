using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests.Presentations;

/// <summary>Attacks 31–41 and 47–50: what a thief or forger shows.</summary>
public class AnswerAttackTests
{
    [Fact]
    public async Task Attack_31_a_flipped_issuer_signature_is_altered()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);

        Scene.Is("not_valid", "altered", await scene.VerdictAsync(diploma, request =>
        {
            var parts = diploma.Text.Split('~');
            var at = parts[0].LastIndexOf('.') + 5;
            parts[0] = parts[0][..at] + (parts[0][at] == 'A' ? 'B' : 'A') + parts[0][(at + 1)..];
            return (diploma with { Text = string.Join('~', parts) }).Present(request["client_id"]!.GetValue<string>(), request["nonce"]!.GetValue<string>(), scene.Clock.Now, "title");
        }));
    }

    [Theory]
    [InlineData("https://localhost/responses")]
    [InlineData("localhost")]
    [InlineData("x509_hash:AAAA")]
    public async Task Attack_32_a_proof_made_for_another_audience_is_refused(string audience)
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);

        Scene.Is("not_valid", "wrong_audience", await scene.VerdictAsync(diploma, request =>
            diploma.Present(audience, request["nonce"]!.GetValue<string>(), scene.Clock.Now, "holder_name", "title", "kind", "awarded_on")));
    }

    [Fact]
    public async Task Attack_32_an_audience_list_with_ours_and_another_is_refused()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);

        var verdict = await scene.VerdictAsync(diploma, request => Rebind(scene.Show(diploma, request), diploma, (_, payload) =>
            payload["aud"] = new JsonArray(request["client_id"]!.GetValue<string>(), "https://other.example")));

        Assert.Equal("not_valid", verdict["outcome"]!.GetValue<string>());
    }

    [Fact]
    public async Task Attack_33_a_proof_for_an_older_request_is_a_replay()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var (_, older) = await scene.AskAsync("diploma");

        Scene.Is("not_valid", "replayed", await scene.VerdictAsync(diploma, _ => scene.Show(diploma, older)));
        Assert.Equal("not_valid", (await scene.VerdictAsync(diploma, request => Rebind(scene.Show(diploma, request), diploma, (_, payload) => payload.Remove("nonce"))))["outcome"]!.GetValue<string>());
    }

    [Fact]
    public async Task Attack_34_a_disclosure_removed_after_signing_is_refused()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);

        var verdict = await scene.VerdictAsync(diploma, request =>
        {
            var parts = scene.Show(diploma, request, "holder_name", "title", "kind", "awarded_on", "level_eqf").Split('~').ToList();
            parts.RemoveAt(parts.Count - 2);
            return string.Join('~', parts);
        });

        Assert.Equal("not_valid", verdict["outcome"]!.GetValue<string>());
        Assert.Contains(verdict["reason"]!.GetValue<string>(), new[] { "holder_not_proven", "replayed", "altered" });
    }

    [Theory]
    [InlineData(-365)]
    [InlineData(365)]
    public async Task Attack_35_a_proof_dated_a_year_off_is_refused(int days)
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);

        var verdict = await scene.VerdictAsync(diploma, request => diploma.Present(
            request["client_id"]!.GetValue<string>(), request["nonce"]!.GetValue<string>(), scene.Clock.Now.AddDays(days), "holder_name", "title", "kind", "awarded_on"));

        Assert.Equal("not_valid", verdict["outcome"]!.GetValue<string>());
    }

    [Fact]
    public async Task Attack_36_a_proof_by_another_key_is_not_the_holders()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        using var thief = Es256Key.Create();

        Scene.Is("not_valid", "holder_not_proven", await scene.VerdictAsync(diploma, request => SdJwtHolder.Present(
            diploma.Document, [new ClaimPath("holder_name"), new ClaimPath("title"), new ClaimPath("kind"), new ClaimPath("awarded_on")],
            new KeyBindingRequest(request["client_id"]!.GetValue<string>(), request["nonce"]!.GetValue<string>(), scene.Clock.Now), thief)));
    }

    [Fact]
    public async Task Attack_36_a_credential_that_names_no_holder_is_not_proven()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma, change: payload => payload.Remove("cnf"));

        Scene.Is("not_valid", "holder_not_proven", await scene.VerdictAsync(diploma));
    }

    [Fact]
    public async Task Attack_37_a_proof_stripped_of_its_key_binding_is_not_proven()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);

        Scene.Is("not_valid", "holder_not_proven", await scene.VerdictAsync(diploma, _ => diploma.Unbound("holder_name", "title", "kind", "awarded_on")));
    }

    [Fact]
    public async Task Attack_39_40_a_disclosure_shown_twice_or_never_signed_is_refused()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var foreign = scene.College.Issue("qualification", Scene.Diploma).Text.Split('~')[1];

        foreach (var extra in new[] { diploma.Text.Split('~')[1], foreign })
        {
            var verdict = await scene.VerdictAsync(diploma, request =>
            {
                var document = diploma.Unbound("holder_name", "title", "kind", "awarded_on") + (extra == foreign ? foreign + "~" : diploma.Unbound("holder_name").Split('~')[1] + "~");
                return Bind(document, diploma.Holder, request, scene.Clock.Now);
            });
            Assert.Contains(verdict["reason"]!.GetValue<string>(), new[] { "altered", "malformed" });
            Assert.NotEqual("valid", verdict["outcome"]!.GetValue<string>());
            Assert.Empty((JsonObject)verdict["claims"]!);
        }
    }

    [Fact]
    public async Task Attack_47_48_none_and_a_mac_with_the_public_key_and_a_key_in_the_header_prove_nothing()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        using var forger = Es256Key.Create();

        var embedded = scene.College.Issue("qualification", Scene.Diploma, signer: forger, header: new JsonObject
        {
            ["typ"] = "dc+sd-jwt", ["kid"] = scene.College.Key.PublicKey.ThumbprintText(), ["jwk"] = forger.PublicKey.ToJson(),
        });
        Scene.Is("not_valid", "altered", await scene.VerdictAsync(embedded));

        foreach (var alg in new[] { "none", "HS256" })
        {
            var verdict = await scene.VerdictAsync(diploma, _ =>
            {
                var parts = diploma.Text.Split('~');
                var jwt = parts[0].Split('.');
                jwt[0] = Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes($$"""{"alg":"{{alg}}","typ":"dc+sd-jwt"}"""));
                if (alg == "none") jwt[2] = "";
                else jwt[2] = Base64Url.Encode(System.Security.Cryptography.HMACSHA256.HashData(scene.College.Key.PublicKey.XBytes(), System.Text.Encoding.ASCII.GetBytes($"{jwt[0]}.{jwt[1]}")));
                parts[0] = string.Join('.', jwt);
                return string.Join('~', parts);
            });
            Assert.NotEqual("valid", verdict["outcome"]!.GetValue<string>());
            Assert.Empty((JsonObject)verdict["claims"]!);
        }
    }

    [Fact]
    public async Task Attack_49_a_certificate_of_the_forgers_own_in_the_colleges_name_makes_no_entitled_key()
    {
        await using var scene = await Scene.OpenAsync();
        using var forger = Es256Key.Create();
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=Port Selin Technical College", forger.Raw, System.Security.Cryptography.HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(scene.Clock.Now.AddDays(-1), scene.Clock.Now.AddDays(30));
        var forged = scene.College.Issue("qualification", Scene.Diploma, signer: forger, header: new JsonObject { ["typ"] = "dc+sd-jwt", ["x5c"] = X5c.ToJson([certificate]) });

        Scene.Is("not_valid", "key_not_valid_then", await scene.VerdictAsync(forged));
        Assert.Equal(0, scene.College.StatusFetches);
    }

    [Fact]
    public async Task Attack_50_an_accredited_issuer_may_not_speak_for_another_nor_for_another_type()
    {
        await using var scene = await Scene.OpenAsync();
        var person = scene.College.Issue("person", Scene.Person);
        Scene.Is("not_valid", "issuer_not_entitled", await scene.VerdictAsync(person, request => scene.Show(person, request, "age_over_18"), "over18", "person"));

        var inMinistrysName = scene.College.Issue("person", Scene.Person, change: payload => payload["iss"] = scene.Ministry.Issuer);
        var verdict = await scene.VerdictAsync(inMinistrysName, request => scene.Show(inMinistrysName, request, "age_over_18"), "over18", "person");
        Assert.NotEqual("valid", verdict["outcome"]!.GetValue<string>());
        Assert.Empty((JsonObject)verdict["claims"]!);
    }

    [Fact]
    public async Task An_issuer_outside_the_register_is_unknown_and_its_own_keys_show_an_alteration_only()
    {
        await using var scene = await Scene.OpenAsync();
        await using var stranger = await TestIssuer.StartAsync(scene.Clock, scene.Verifier.Ledger, "Nobody", register: false);
        var genuine = stranger.Issue("qualification", Scene.Diploma);
        using var forger = Es256Key.Create();
        var forged = stranger.Issue("qualification", Scene.Diploma, signer: forger);

        Scene.Is("cannot_tell", "issuer_unknown", await scene.VerdictAsync(genuine));
        Scene.Is("not_valid", "altered", await scene.VerdictAsync(forged));
        Assert.Equal(1, stranger.MetadataFetches);
        Assert.Equal(0, stranger.StatusFetches);
    }

    private static string Bind(string unbound, ISigner holder, JsonObject request, DateTimeOffset now)
    {
        var payload = new JsonObject
        {
            ["iat"] = now.ToUnixTimeSeconds(), ["aud"] = request["client_id"]!.GetValue<string>(), ["nonce"] = request["nonce"]!.GetValue<string>(),
            ["sd_hash"] = Base64Url.Encode(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(unbound))),
        };
        return unbound + Jws.Sign(new JsonObject { ["typ"] = "kb+jwt" }, payload, holder);
    }

    /// <summary>Signs the key binding again after a change.</summary>
    private static string Rebind(string presentation, TestCredential credential, Action<JsonObject, JsonObject> change)
    {
        var cut = presentation.LastIndexOf('~') + 1;
        Assert.True(Jws.TryParse(presentation[cut..], out var jws, out _));
        var (header, payload) = ((JsonObject)jws.Header.DeepClone(), (JsonObject)jws.Payload.DeepClone());
        change(header, payload);
        return presentation[..cut] + Jws.Sign(header, payload, credential.Holder);
    }
}
