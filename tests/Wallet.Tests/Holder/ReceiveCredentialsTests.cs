using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.StatusList;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Wallet.Holder;
using Microsoft.Extensions.Options;

namespace Identity.Wallet.Tests.Holder;

/// <summary>What an issuer may get wrong, on purpose or not (OpenID4VCI 1.0 sections 8, 12 and 13): nothing of it is kept.</summary>
public sealed class ReceiveCredentialsTests : IAsyncLifetime
{
    private readonly OutboundFetch _fetch = new(Options.Create(new OutboundOptions { AllowLoopback = true, Timeout = TimeSpan.FromMinutes(1) }));
    private readonly Es256Key _stranger = Es256Key.Create();
    private ReceivingIssuer _issuer = null!;

    public async Task InitializeAsync() => _issuer = await ReceivingIssuer.StartAsync();

    public async Task DisposeAsync()
    {
        await _issuer.DisposeAsync();
        _fetch.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task Every_copy_has_a_key_and_a_compact_form_of_its_own()
    {
        var received = Assert.IsType<Reception.Received>(await ReceiveAsync(copies: 3));

        Assert.Equal(3, received.Copies.Select(c => c.Key.PublicKey.ThumbprintText()).Distinct().Count());
        Assert.All(received.Copies, copy => Assert.Equal(copy.Key.PublicKey.Compressed(), copy.Compact!.Issuer.Holder));
        Assert.All(received.Copies, copy => Assert.DoesNotContain("Okoye", copy.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_proof_is_made_for_this_issuer_and_this_nonce_and_names_no_one()
    {
        await ReceiveAsync();

        var proof = _issuer.Proofs[0];
        Assert.Equal("openid4vci-proof+jwt", proof.Type);
        Assert.Equal(_issuer.Identifier, StrictJson.Text(proof.Payload["aud"]));
        Assert.Equal("nonce", StrictJson.Text(proof.Payload["nonce"]));
        Assert.False(proof.Payload.ContainsKey("iss"));
        Assert.False(Jwk.ContainsPrivate(proof.Header["jwk"]));
    }

    [Fact]
    public async Task A_credential_for_another_key_is_not_kept()
    {
        _issuer.MakeSdJwt = (_, _) => _issuer.SdJwt(_stranger.PublicKey);

        await RefusedAsync("foreign_key");
    }

    [Fact]
    public async Task A_credential_for_anybody_is_not_kept()
    {
        _issuer.MakeSdJwt = (holder, _) => _issuer.SdJwt(holder, p => p.Remove("cnf"));

        await RefusedAsync("foreign_key");
    }

    [Fact]
    public async Task Two_copies_under_one_key_would_link_each_other_and_are_not_kept()
    {
        Jwk? first = null;
        _issuer.MakeSdJwt = (holder, _) => _issuer.SdJwt(first ??= holder);

        // Without the compact forms, which would be refused for want of a copy under the other key.
        var refused = Assert.IsType<Reception.Refused>(await ReceiveAsync(link: _issuer.OfferLink(ReceivingIssuer.Configuration)));
        Assert.Equal("foreign_key", refused.Why.Code);
    }

    [Fact]
    public async Task A_credential_of_another_type_is_not_kept()
    {
        _issuer.MakeSdJwt = (holder, _) => _issuer.SdJwt(holder, p => p["vct"] = "urn:identity:person:1");

        await RefusedAsync("type_mismatch");
    }

    [Fact]
    public async Task A_credential_by_another_issuer_is_not_kept()
    {
        _issuer.MakeSdJwt = (holder, _) => _issuer.SdJwt(holder, p => p["iss"] = "https://ministry.example");

        await RefusedAsync("issuer_mismatch");
    }

    [Fact]
    public async Task A_credential_signed_by_another_key_than_its_certificates_is_not_kept()
    {
        _issuer.MakeSdJwt = (holder, _) => _issuer.SdJwt(holder, signer: _stranger);

        await RefusedAsync("bad_signature");
    }

    [Theory, InlineData(StatusValue.Invalid, 1, "revoked"), InlineData(StatusValue.Suspended, 1, "suspended"), InlineData(StatusValue.Invalid, 7, "revoked")]
    public async Task A_credential_that_is_already_out_of_force_is_not_kept(StatusValue value, int index, string code)
    {
        // Index 1 is the compact form's, 7 the credential's own.
        _issuer.MakeSdJwt = (holder, _) => _issuer.SdJwt(holder, p => p["status"] = new StatusReference($"{_issuer.Identifier}/status/1", 7).ToJson());
        _issuer.Publish(index, value);

        await RefusedAsync(code);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_status_list_that_another_signed_or_that_marks_others_stops_nothing(bool foreign)
    {
        if (foreign) _issuer.Publish(1, StatusValue.Invalid, _stranger);
        else _issuer.Publish(2, StatusValue.Invalid);

        Assert.IsType<Reception.Received>(await ReceiveAsync());
    }

    [Fact]
    public async Task A_credential_that_has_already_ended_is_not_kept()
    {
        _issuer.MakeSdJwt = (holder, _) => _issuer.SdJwt(holder, p => p["exp"] = DateTimeOffset.UtcNow.AddDays(-1).ToUnixTimeSeconds());

        await RefusedAsync("not_valid_now");
    }

    [Theory, InlineData("JWT"), InlineData("kb+jwt")]
    public async Task A_token_of_another_type_is_not_kept(string typ)
    {
        _issuer.MakeSdJwt = (holder, _) => _issuer.SdJwt(holder, typ: typ);

        await RefusedAsync("malformed");
    }

    [Fact]
    public async Task A_credential_that_comes_with_a_key_binding_of_its_own_is_not_kept()
    {
        _issuer.MakeSdJwt = (holder, _) => _issuer.SdJwt(holder) + Jws.Sign(new JsonObject { ["typ"] = "kb+jwt" }, [], _stranger);

        await RefusedAsync("malformed");
    }

    [Fact]
    public async Task One_bad_copy_among_good_ones_spoils_them_all()
    {
        _issuer.MakeSdJwt = (holder, at) => at == 2 ? _issuer.SdJwt(holder, signer: _stranger) : _issuer.SdJwt(holder);

        await RefusedAsync("bad_signature", copies: 3);
    }

    [Fact]
    public async Task A_compact_form_for_another_key_or_of_another_type_is_not_kept()
    {
        _issuer.MakeCompact = (_, _) => _issuer.CompactOf(_stranger.PublicKey);
        await RefusedAsync("foreign_key");

        _issuer.MakeCompact = (holder, _) => _issuer.CompactOf(holder, type: "training");
        await RefusedAsync("foreign_key");
    }

    [Fact]
    public async Task A_compact_form_by_another_key_is_not_kept()
    {
        _issuer.MakeCompact = (holder, _) => _issuer.CompactOf(holder, signer: _stranger);

        await RefusedAsync("bad_signature");
    }

    [Fact]
    public async Task Two_compact_forms_under_one_key_are_not_kept()
    {
        Jwk? first = null;
        _issuer.MakeCompact = (holder, _) => _issuer.CompactOf(first ??= holder);

        await RefusedAsync("foreign_key");
    }

    [Fact]
    public async Task A_compact_form_that_says_something_else_than_the_credential_is_not_kept()
    {
        _issuer.MakeCompact = (holder, _) => _issuer.CompactOf(holder, change: c => c["title"] = "Doctor of Medicine");

        await RefusedAsync("malformed");
    }

    [Fact]
    public async Task Attack_a_code_or_a_paper_in_whose_place_the_credential_was_not_issued_is_not_kept()
    {
        void Elsewhere(JsonObject claims) => claims["original_issuer"] = new string('a', 64);

        _issuer.MakePaper = () => _issuer.PaperOf(change: Elsewhere);
        Assert.Equal("malformed", Assert.IsType<Reception.Refused>(await ReceiveWithPaperAsync()).Why.Code);
        _issuer.MakeCompact = (holder, _) => _issuer.CompactOf(holder, change: Elsewhere);
        await RefusedAsync("malformed");
    }

    [Theory, InlineData(""), InlineData("not base64url!"), InlineData("gA")]
    public async Task A_compact_form_that_cannot_be_read_is_not_kept(string text)
    {
        _issuer.MakeCompact = (_, _) => text;

        await RefusedAsync("malformed");
    }

    [Fact]
    public async Task A_paper_comes_with_the_copies_and_a_credential_too_long_for_one_is_whole_without_it()
    {
        var received = Assert.IsType<Reception.Received>(await ReceiveWithPaperAsync());
        Assert.Equal("Amina Okoye-Reyes", Assert.Single(received.Papers).Claims(TypeDefinition.Find("qualification"))["holder_name"]?.GetValue<string>());

        _issuer.MakePaper = () => null;
        received = Assert.IsType<Reception.Received>(await ReceiveWithPaperAsync());
        Assert.Empty(received.Papers);
        Assert.Single(received.Copies);
    }

    [Fact]
    public async Task Attack_a_paper_by_another_key_of_another_type_or_that_says_something_else_is_not_kept()
    {
        foreach (var (make, code) in new (Func<string>, string)[]
        {
            (() => _issuer.PaperOf(signer: _stranger), "bad_signature"), (() => _issuer.PaperOf(type: "training"), "type_mismatch"),
            (() => _issuer.PaperOf(change: c => c["title"] = "Doctor of Medicine"), "malformed"), (() => "IDD:", "malformed"), (() => "", "malformed"),
        })
        {
            _issuer.MakePaper = make;
            Assert.Equal(code, Assert.IsType<Reception.Refused>(await ReceiveWithPaperAsync()).Why.Code);
        }
    }

    private Task<Reception> ReceiveWithPaperAsync() =>
        new ReceiveCredentials(_fetch, TimeProvider.System).FromOfferAsync(_issuer.OfferLink(ReceivingIssuer.Configuration, ReceivingIssuer.Compact, ReceivingIssuer.Paper), null, 1, default);

    public static TheoryData<string, string, string?, string> Answers => new()
    {
        { "metadata", "credential_issuer", "\"https://ministry.example\"", "issuer_mismatch" },
        { "metadata", "credential_issuer", null, "issuer_mismatch" },
        { "metadata", "credential_endpoint", null, "unreachable" },
        { "metadata", "credential_endpoint", "\"file:///etc/passwd\"", "unreachable" },
        { "metadata", "credential_endpoint", "\"http://10.0.0.1/credential\"", "unreachable" },
        { "metadata", "nonce_endpoint", "\"/nonce\"", "unreachable" },
        { "metadata", "credential_configurations_supported", "{}", "unsupported_credential_format" },
        { "metadata", "credential_configurations_supported", "[]", "unsupported_credential_format" },
        { "server", "issuer", "\"https://ministry.example\"", "issuer_mismatch" },
        { "server", "issuer", null, "issuer_mismatch" },
        { "server", "token_endpoint", null, "unreachable" },
        { "token", "access_token", null, "malformed" },
        { "token", "access_token", "7", "malformed" },
        { "token", "token_type", "\"mac\"", "malformed" },
        { "nonce", "c_nonce", null, "malformed" },
        { "credential", "credentials", null, "malformed" },
        { "credential", "credentials", "[]", "malformed" },
        { "credential", "credentials", "[{\"credential\":{}}]", "malformed" },
        { "credential", "credentials", "[{},{},{}]", "malformed" },
        { "credential", "credentials", "[{\"credential\":\"a~b\"}]", "malformed" },
    };

    [Theory, MemberData(nameof(Answers))]
    public async Task A_wrong_answer_ends_the_reception(string answer, string member, string? value, string code)
    {
        _issuer.Change[answer] = json =>
        {
            if (value is null) json.Remove(member);
            else json[member] = JsonNode.Parse(value);
        };

        await RefusedAsync(code);
    }

    [Fact]
    public async Task A_token_is_not_fetched_from_where_a_redirect_leads()
    {
        _issuer.Change["server"] = json => json["token_endpoint"] = $"{_issuer.Identifier}/elsewhere";

        Assert.IsType<Reception.Refused>(await ReceiveAsync());
    }

    [Fact]
    public async Task More_copies_than_were_asked_for_are_not_kept()
    {
        _issuer.Change["credential"] = json => json["credentials"]!.AsArray().Add(json["credentials"]![0]!.DeepClone());

        await RefusedAsync("malformed");
    }

    [Fact]
    public async Task A_format_that_the_wallet_cannot_keep_is_refused()
    {
        var refused = Assert.IsType<Reception.Refused>(await ReceiveAsync(link: _issuer.OfferLink("strange", "unheard-of")));

        Assert.Equal("unsupported_credential_format", refused.Why.Code);
    }

    private Task<Reception> ReceiveAsync(int copies = 2, string? link = null) =>
        new ReceiveCredentials(_fetch, TimeProvider.System).FromOfferAsync(link ?? _issuer.OfferLink(), null, copies, CancellationToken.None);

    private async Task RefusedAsync(string code, int copies = 2) => Assert.Equal(code, Assert.IsType<Reception.Refused>(await ReceiveAsync(copies)).Why.Code);
}
