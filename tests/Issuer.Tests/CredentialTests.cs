using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

public sealed class CredentialTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    [Fact]
    public async Task A_wallet_collects_an_sd_jwt_vc_that_stands_by_itself()
    {
        using var key = Es256Key.Create();
        var token = await issuer.AccessToken(await issuer.Prepare());

        var text = Assert.Single(await issuer.Collect(token, [key]));

        Assert.True(SdJwtDocument.TryParse(text, out var document, out var reason), reason);
        Assert.Equal("dc+sd-jwt", document.Jwt.Type);
        Assert.True(X5c.TryParse(document.Jwt.Header["x5c"], out var chain, out reason), reason);
        Assert.NotEqual(chain[0].Subject, chain[0].Issuer);
        Assert.True(X5c.TryLeafKey(chain[0], out var leafKey));
        Assert.True(VerificationKey.TryImport(leafKey, out var signer, out reason), reason);
        Assert.True(document.Jwt.Verify(signer));
        Assert.Equal(signer.Jwk.ThumbprintText(), document.Jwt.KeyId);
        Assert.True(document.TryProcess(out var claims, out reason), reason);
        Assert.Equal($"{Url}/{College}", claims["iss"]!.GetValue<string>());
        Assert.Equal("urn:identity:qualification:1", claims["vct"]!.GetValue<string>());
        Assert.Equal("Amina Okoye-Reyes", claims["holder_name"]!.GetValue<string>());
        Assert.Equal(4, claims["level_eqf"]!.GetValue<int>());
        Assert.True(Jwk.TryParse(claims["cnf"]!["jwk"], out var holder, out _));
        Assert.Equal(key.PublicKey.ThumbprintText(), holder.ThumbprintText());
        Assert.Equal($"{Url}/{College}/status/1", claims["status"]!["status_list"]!["uri"]!.GetValue<string>());

        // The holder can hide the name, but not who awarded it.
        Assert.False(document.Jwt.Payload.ContainsKey("holder_name"));
        Assert.True(document.Jwt.Payload.ContainsKey("awarding_body"));
    }

    [Fact]
    public async Task The_published_keys_check_the_credential_too()
    {
        using var key = Es256Key.Create();
        var text = (await issuer.Collect(await issuer.AccessToken(await issuer.Prepare()), [key]))[0];
        var metadata = await issuer.Http.GetByteArrayAsync($"/.well-known/jwt-vc-issuer/{College}");

        Assert.True(JwtVcIssuerMetadata.TryParse(metadata, $"{Url}/{College}", out var keys, out var reason), reason);
        Assert.True(VerificationKey.TryImport(Assert.Single(keys.Keys), out var signer, out _));
        Assert.True(SdJwtDocument.TryParse(text, out var document, out _));
        Assert.True(document.Jwt.Verify(signer));
    }

    [Fact]
    public async Task The_compact_form_comes_with_the_same_token_for_the_same_keys()
    {
        using var key = Es256Key.Create();
        var token = await issuer.AccessToken(await issuer.Prepare());
        await issuer.Collect(token, [key]);

        var text = Assert.Single(await issuer.Collect(token, [key], "qualification-compact"));

        Assert.True(Base64Url.TryDecode(text, out var bytes));
        Assert.True(CompactCredential.TryDecode(bytes, out var compact, out var reason), reason);
        Assert.Equal(key.PublicKey.Compressed(), compact!.Issuer.Holder);
        Assert.Equal("Amina Okoye-Reyes", compact.Leaves[0].Value.ToString());
    }

    [Fact]
    public async Task Copies_of_a_batch_cannot_be_linked_by_salt_time_or_status_index()
    {
        var keys = Enumerable.Range(0, 10).Select(_ => Es256Key.Create()).ToList();

        var credentials = await issuer.Collect(await issuer.AccessToken(await issuer.Prepare()), keys);

        Assert.Equal(10, credentials.Count);
        var documents = credentials.Select(c => SdJwtDocument.TryParse(c, out var d, out _) ? d : null!).ToList();
        var disclosures = documents.SelectMany(d => d.Disclosures).Select(d => d.Encoded).ToList();
        Assert.Equal(disclosures.Count, disclosures.Distinct().Count());
        var iat = Assert.Single(documents.Select(d => d.Jwt.Payload["iat"]!.GetValue<long>()).Distinct());
        Assert.Equal(0, iat % 86400);
        var indices = documents.Select(d => d.Jwt.Payload["status"]!["status_list"]!["idx"]!.GetValue<int>()).ToList();
        Assert.Equal(10, indices.Distinct().Count());
        Assert.NotEqual(indices.Order(), indices);
        Assert.True(indices.Max() - indices.Min() > 1000);
        // In the order of the proofs, each for its own key.
        Assert.Equal(keys.Select(k => k.PublicKey.X), documents.Select(d => d.Jwt.Payload["cnf"]!["jwk"]!["x"]!.GetValue<string>()));
        keys.ForEach(k => k.Dispose());
    }

    [Fact]
    public async Task Every_copy_has_its_status_index_and_its_log_entry()
    {
        using var key = Es256Key.Create();
        var prepared = await issuer.Prepare();
        var token = await issuer.AccessToken(prepared);
        var text = (await issuer.Collect(token, [key]))[0];

        var entry = Entry.OfJwt(text.AsSpan(0, text.IndexOf('~')));

        Assert.IsNotType<EntryPlace.Unknown>(await issuer.InDb(db => LedgerLog.FindAsync(db, entry)));
        var id = prepared["id"]!.GetValue<string>();
        var copy = await issuer.InDb(db => db.Copies.SingleAsync(c => c.CredentialId == id));
        Assert.Equal(entry, copy.Entry);
        Assert.True(await issuer.InDb(db => db.StatusEntries.AnyAsync(e => e.CredentialId == id && e.List == copy.List && e.Index == copy.Index)));
    }

    [Fact]
    public async Task A_lost_answer_can_be_asked_again_with_the_same_keys()
    {
        using var key = Es256Key.Create();
        var token = await issuer.AccessToken(await issuer.Prepare());

        var first = await issuer.Collect(token, [key]);
        var second = await issuer.Collect(token, [key]);

        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Attack_a_stolen_token_collects_a_second_set_with_other_keys()
    {
        using var key = Es256Key.Create();
        using var thief = Es256Key.Create();
        var token = await issuer.AccessToken(await issuer.Prepare());
        await issuer.Collect(token, [key]);

        Assert.Equal("credential_request_denied", await Error(await issuer.Credential(token, Request([issuer.Proof(thief, await issuer.Nonce())]))));
        Assert.Equal("invalid_proof", await Error(await issuer.Credential(token, Request([issuer.Proof(thief, await issuer.Nonce())], "qualification-compact"))));
    }

    [Fact]
    public async Task Attack_the_proofs_signature_is_wrong() => Assert.Equal("invalid_proof", await ErrorOf(async (key, nonce) =>
    {
        using var other = Es256Key.Create();
        var parts = issuer.Proof(key, nonce).Split('.');
        return $"{parts[0]}.{parts[1]}.{issuer.Proof(other, nonce).Split('.')[2]}";
    }));

    [Fact]
    public async Task Attack_the_nonce_is_made_up() =>
        Assert.Equal("invalid_nonce", await ErrorOf((key, _) => Task.FromResult(issuer.Proof(key, Base64Url.Encode(new byte[40])))));

    [Fact]
    public async Task Attack_the_nonce_has_ended() => Assert.Equal("invalid_nonce", await ErrorOf((key, nonce) =>
    {
        issuer.Clock.Move(TimeSpan.FromMinutes(4.99));
        var proof = issuer.Proof(key, nonce);
        issuer.Clock.Move(TimeSpan.FromMinutes(0.02));
        return Task.FromResult(proof);
    }, tokenLate: true));

    [Fact]
    public async Task Attack_the_nonce_is_another_organisations() =>
        Assert.Equal("invalid_nonce", await ErrorOf(async (key, _) => issuer.Proof(key, await issuer.Nonce(Ministry))));

    [Fact]
    public async Task Attack_a_proof_is_replayed()
    {
        using var key = Es256Key.Create();
        var token = await issuer.AccessToken(await issuer.Prepare());
        var request = Request([issuer.Proof(key, await issuer.Nonce())]);
        Assert.Equal(HttpStatusCode.OK, (await issuer.Credential(token, request.DeepClone())).StatusCode);

        Assert.Equal("invalid_nonce", await Error(await issuer.Credential(token, request)));
    }

    [Fact]
    public async Task Attack_two_requests_race_with_one_nonce_and_one_wins()
    {
        using var key = Es256Key.Create();
        var first = await issuer.AccessToken(await issuer.Prepare());
        var second = await issuer.AccessToken(await issuer.Prepare());
        var proof = issuer.Proof(key, await issuer.Nonce());

        var answers = await Task.WhenAll(new[] { first, second, first, second }.Select(t => Task.Run(() => issuer.Credential(t, Request([proof])))));

        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        foreach (var lost in answers.Where(a => a.StatusCode != HttpStatusCode.OK)) Assert.Equal("invalid_nonce", await Error(lost));
    }

    [Theory]
    [InlineData("""{"credential_configuration_id":"qualification"}""")]
    [InlineData("""{"credential_configuration_id":"qualification","proof":{"proof_type":"jwt","jwt":"a.b.c"}}""")]
    [InlineData("""{"credential_configuration_id":"qualification","proofs":{}}""")]
    [InlineData("""{"credential_configuration_id":"qualification","proofs":{"jwt":[]}}""")]
    [InlineData("""{"credential_configuration_id":"qualification","proofs":{"jwt":["a.b.c"],"di_vp":[{}]}}""")]
    [InlineData("""{"credential_configuration_id":"qualification","proofs":{"jwt":"a.b.c"}}""")]
    [InlineData("""{"credential_configuration_id":"qualification","proofs":{"jwt":[null]}}""")]
    [InlineData("""{"credential_configuration_id":"qualification","proofs":{"attestation":["a.b.c"]}}""")]
    [InlineData("""{"credential_configuration_id":"qualification","proofs":{"jwt":["not a jwt"]}}""")]
    public async Task Attack_proofs_are_missing_or_misshapen(string body) => Assert.Equal("invalid_proof", await ErrorOfBody(body));

    [Theory]
    [InlineData("typ", "\"JWT\"")]
    [InlineData("typ", null)]
    [InlineData("kid", "\"me\"")]
    [InlineData("x5c", "[\"MIIB\"]")]
    [InlineData("jwk", null)]
    [InlineData("jwk", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}")]
    [InlineData("jwk", "[]")]
    [InlineData("crit", "[\"exp\"]")]
    public async Task Attack_the_proofs_header_is_not_the_one_kind_that_is_allowed(string member, string? value) => Assert.Equal("invalid_proof", await ErrorOf((key, nonce) =>
        Task.FromResult(issuer.Proof(key, nonce, header: h => Set(h, member, value)))));

    [Fact]
    public async Task Attack_the_proofs_header_carries_the_private_key() => Assert.Equal("invalid_proof", await ErrorOf((key, nonce) =>
        Task.FromResult(issuer.Proof(key, nonce, header: h => h["jwk"]!["d"] = Base64Url.Encode(key.Raw.ExportParameters(true).D)))));

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("ES384")]
    public async Task Attack_the_proof_is_unsigned_or_signed_with_another_algorithm(string algorithm) => Assert.Equal("invalid_proof", await ErrorOf((key, nonce) =>
    {
        var parts = issuer.Proof(key, nonce).Split('.');
        Base64Url.TryDecode(parts[0], out var header);
        parts[0] = Base64Url.Encode(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(header).Replace("ES256", algorithm, StringComparison.Ordinal)));
        return Task.FromResult(string.Join('.', parts[0], parts[1], algorithm == "none" ? "" : parts[2]));
    }));

    [Fact]
    public async Task Attack_an_ed25519_proof_for_the_compact_form_although_its_metadata_offers_es256_alone()
    {
        using var key = Ed25519Key.Create();
        var token = await issuer.AccessToken(await issuer.Prepare());

        Assert.Equal("invalid_proof", await Error(await issuer.Credential(token, Request([issuer.Proof(key, await issuer.Nonce())], "qualification-compact"))));
    }

    [Theory]
    [InlineData("\"http://localhost:5001/port-selin/token\"")]
    [InlineData("\"http://localhost:5001/port-selin/\"")]
    [InlineData("\"http://localhost:5001/Port-Selin\"")]
    [InlineData("[\"http://localhost:5001/port-selin\"]")]
    [InlineData("7")]
    [InlineData(null)]
    public async Task Attack_the_proof_is_for_somebody_else(string? audience) => Assert.Equal("invalid_proof", await ErrorOf((key, nonce) =>
        Task.FromResult(issuer.Proof(key, nonce, payload: p => Set(p, "aud", audience)))));

    [Theory]
    [InlineData(-31_536_000)]
    [InlineData(31_536_000)]
    [InlineData(120)]
    [InlineData(null)]
    public async Task Attack_the_proof_is_of_another_time(int? offset) => Assert.Equal("invalid_proof", await ErrorOf((key, nonce) =>
        Task.FromResult(issuer.Proof(key, nonce, payload: p => Set(p, "iat", offset is null ? null : (issuer.Clock.GetUtcNow().ToUnixTimeSeconds() + offset).ToString())))));

    [Theory]
    [InlineData("\"2026-11-20\"")]
    [InlineData("1e300")]
    [InlineData("-1")]
    [InlineData("{}")]
    public async Task Attack_the_proofs_time_is_no_time(string iat) => Assert.Equal("invalid_proof", await ErrorOf((key, nonce) =>
        Task.FromResult(issuer.Proof(key, nonce, payload: p => Set(p, "iat", iat)))));

    [Theory]
    [InlineData("\"nonce\"", "invalid_nonce")]
    [InlineData("12", "invalid_proof")]
    [InlineData(null, "invalid_proof")]
    public async Task Attack_the_proof_has_no_nonce_of_ours(string? nonce, string error) => Assert.Equal(error, await ErrorOf((key, good) =>
        Task.FromResult(issuer.Proof(key, good, payload: p => Set(p, "nonce", nonce)))));

    [Theory]
    [InlineData("""{"credential_configuration_id":"nothing","proofs":{"jwt":["a.b.c"]}}""", "unknown_credential_configuration")]
    [InlineData("""{"credential_configuration_id":"person","proofs":{"jwt":["a.b.c"]}}""", "unknown_credential_configuration")]
    [InlineData("""{"credential_configuration_id":"-compact","proofs":{"jwt":["a.b.c"]}}""", "unknown_credential_configuration")]
    [InlineData("""{"credential_identifier":"someone-elses","proofs":{"jwt":["a.b.c"]}}""", "unknown_credential_identifier")]
    [InlineData("""{"credential_identifier":"x","credential_configuration_id":"qualification","proofs":{"jwt":["a.b.c"]}}""", "invalid_credential_request")]
    [InlineData("""{"proofs":{"jwt":["a.b.c"]}}""", "invalid_credential_request")]
    [InlineData("""{"credential_configuration_id":7,"proofs":{"jwt":["a.b.c"]}}""", "invalid_credential_request")]
    [InlineData("""{"credential_configuration_id":"qualification","credential_configuration_id":"person","proofs":{"jwt":["a.b.c"]}}""", "invalid_credential_request")]
    [InlineData("""{"credential_configuration_id":"qualification","proofs":{"jwt":["a.b.c"]},"credential_response_encryption":{"jwk":{},"enc":"A128GCM"}}""", "invalid_encryption_parameters")]
    [InlineData("[]", "invalid_credential_request")]
    [InlineData("", "invalid_credential_request")]
    [InlineData("{", "invalid_credential_request")]
    [InlineData("null", "invalid_credential_request")]
    public async Task A_malformed_request_gets_the_protocols_own_error(string body, string error) => Assert.Equal(error, await ErrorOfBody(body));

    [Fact]
    public async Task A_deep_or_large_request_is_refused()
    {
        Assert.Equal("invalid_credential_request", await ErrorOfBody(new string('[', 50_000)));
        Assert.Equal("invalid_credential_request", await ErrorOfBody($$"""{"x":"{{new string('a', 70_000)}}"}"""));
    }

    [Fact]
    public async Task Attack_more_proofs_than_the_batch_size()
    {
        var keys = Enumerable.Range(0, 11).Select(_ => Es256Key.Create()).ToList();
        var token = await issuer.AccessToken(await issuer.Prepare());
        var nonce = await issuer.Nonce();

        Assert.Equal("invalid_proof", await Error(await issuer.Credential(token, Request(keys.Select(k => issuer.Proof(k, nonce))))));
        keys.ForEach(k => k.Dispose());
    }

    [Fact]
    public async Task Attack_one_key_twice_in_a_batch()
    {
        using var key = Es256Key.Create();
        var token = await issuer.AccessToken(await issuer.Prepare());
        var nonce = await issuer.Nonce();

        Assert.Equal("invalid_proof", await Error(await issuer.Credential(token, Request([issuer.Proof(key, nonce), issuer.Proof(key, nonce)]))));
    }

    [Fact]
    public async Task Attack_the_access_token_is_in_the_address()
    {
        using var key = Es256Key.Create();
        var token = await issuer.AccessToken(await issuer.Prepare());
        var request = Request([issuer.Proof(key, await issuer.Nonce())]);

        var answer = await issuer.Http.PostAsync($"/{College}/credential?access_token={token}", System.Net.Http.Json.JsonContent.Create(request));

        Assert.Equal("invalid_request", await Error(answer));
    }

    [Fact]
    public async Task Attack_a_token_that_is_unknown_late_or_of_another_organisation()
    {
        using var key = Es256Key.Create();
        var token = await issuer.AccessToken(await issuer.Prepare());
        var request = Request([issuer.Proof(key, await issuer.Nonce())]);

        Assert.Equal("invalid_token", await Error(await issuer.Credential("made-up", request.DeepClone()), HttpStatusCode.Unauthorized));
        Assert.Equal("invalid_token", await Error(await issuer.Credential(token, request.DeepClone(), Ministry), HttpStatusCode.Unauthorized));
        issuer.Clock.Move(TimeSpan.FromMinutes(5));
        Assert.Equal("invalid_token", await Error(await issuer.Credential(token, request.DeepClone()), HttpStatusCode.Unauthorized));
        Assert.Equal(HttpStatusCode.Unauthorized, (await issuer.Http.PostAsync($"/{College}/credential", System.Net.Http.Json.JsonContent.Create(request))).StatusCode);
    }

    [Fact]
    public async Task Attack_a_token_for_one_credential_asks_for_another()
    {
        using var key = Es256Key.Create();
        var token = await issuer.AccessToken(await issuer.Prepare());

        var answer = await issuer.Credential(token, Request([issuer.Proof(key, await issuer.Nonce())], "training"));

        Assert.Equal("insufficient_scope", await Error(answer, HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task A_credential_revoked_before_it_was_collected_is_not_handed_out()
    {
        using var key = Es256Key.Create();
        var prepared = await issuer.Prepare();
        var token = await issuer.AccessToken(prepared);
        await issuer.Api(HttpMethod.Post, College, $"/{prepared["id"]}/revocation", new JsonObject { ["reason"] = "entered twice" });

        Assert.Equal("credential_request_denied", await Error(await issuer.Credential(token, Request([issuer.Proof(key, await issuer.Nonce())]))));
    }

    private async Task<string> ErrorOf(Func<Es256Key, string, Task<string>> proof, bool tokenLate = false)
    {
        using var key = Es256Key.Create();
        var prepared = await issuer.Prepare();
        var nonce = await issuer.Nonce();
        if (tokenLate)
        {
            var late = await proof(key, nonce);
            return await Error(await issuer.Credential(await issuer.AccessToken(prepared), Request([late])));
        }
        var token = await issuer.AccessToken(prepared);
        return await Error(await issuer.Credential(token, Request([await proof(key, nonce)])));
    }

    private async Task<string> ErrorOfBody(string body) =>
        await Error(await issuer.Credential(await issuer.AccessToken(await issuer.Prepare()), new StringContent(body, Encoding.UTF8, "application/json")));

    private static void Set(JsonObject json, string member, string? value)
    {
        if (value is null) json.Remove(member);
        else json[member] = JsonNode.Parse(value);
    }
}
