using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Issuer.Authorization;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Authorization;

/// <summary>The authorization code flow through HTTP: RFC 9126, RFC 7636, RFC 9207, OpenID4VCI 1.0 section 5.</summary>
public sealed class AuthorizationCodeTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    [Fact]
    public async Task A_person_proves_on_the_page_that_the_record_is_theirs_and_the_wallet_collects_it()
    {
        using var key = Es256Key.Create();
        var flow = new CodeFlow(issuer, await issuer.Prepare());

        var answer = await flow.Granted();

        Assert.Equal("s t&=1", answer["state"]);
        Assert.Equal($"{Url}/{College}", answer["iss"]);
        var token = await Json(await flow.Token(answer["code"]));
        Assert.Equal("Bearer", token["token_type"]!.GetValue<string>());
        Assert.Equal("qualification qualification-compact", token["scope"]!.GetValue<string>());
        Assert.False(token.ContainsKey("refresh_token"));
        Assert.Single(await issuer.Collect(token["access_token"]!.GetValue<string>(), [key]));
        Assert.Single(await issuer.Collect(token["access_token"]!.GetValue<string>(), [key], "qualification-compact"));
    }

    [Fact]
    public async Task The_metadata_says_what_the_code_flow_needs()
    {
        var metadata = await Json(await issuer.Http.GetAsync($"/.well-known/oauth-authorization-server/{College}"));

        Assert.True(metadata["require_pushed_authorization_requests"]!.GetValue<bool>());
        Assert.True(metadata["authorization_response_iss_parameter_supported"]!.GetValue<bool>());
        Assert.Equal($"{Url}/{College}/par", metadata["pushed_authorization_request_endpoint"]!.GetValue<string>());
        Assert.Equal($"{Url}/{College}/authorize", metadata["authorization_endpoint"]!.GetValue<string>());
        Assert.Equal(["S256"], Texts("code_challenge_methods_supported"));
        Assert.Equal(["ES256", "EdDSA"], Texts("dpop_signing_alg_values_supported"));
        Assert.Equal(["openid_credential"], Texts("authorization_details_types_supported"));
        Assert.Contains("authorization_code", Texts("grant_types_supported"));

        IEnumerable<string> Texts(string member) => metadata[member]!.AsArray().Select(n => n!.GetValue<string>());
    }

    [Fact]
    public async Task Authorization_details_lead_to_credential_identifiers_that_must_then_be_used()
    {
        using var key = Es256Key.Create();
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var answer = await flow.Granted(f =>
        {
            f.Remove("scope");
            f["authorization_details"] = """[{"type":"openid_credential","credential_configuration_id":"qualification","claims":[{"path":["title"]}]}]""";
        });

        var token = await Json(await flow.Token(answer["code"]));

        var detail = Assert.Single(token["authorization_details"]!.AsArray())!;
        Assert.Equal("qualification", detail["credential_configuration_id"]!.GetValue<string>());
        var identifier = Assert.Single(detail["credential_identifiers"]!.AsArray())!.GetValue<string>();
        var access = token["access_token"]!.GetValue<string>();
        var request = Request([issuer.Proof(key, await issuer.Nonce())]);
        Assert.Equal("invalid_credential_request", await Error(await issuer.Credential(access, request.DeepClone())));
        request.Remove("credential_configuration_id");
        request["credential_identifier"] = "qualification.somebody-elses";
        Assert.Equal("unknown_credential_identifier", await Error(await issuer.Credential(access, request.DeepClone())));
        request["credential_identifier"] = identifier.Replace("qualification.", "qualification-compact.", StringComparison.Ordinal);
        Assert.Equal("unknown_credential_identifier", await Error(await issuer.Credential(access, request.DeepClone())));
        request["credential_identifier"] = identifier;
        Assert.Equal(HttpStatusCode.OK, (await issuer.Credential(access, request)).StatusCode);
    }

    [Fact]
    public async Task A_token_for_one_scope_does_not_reach_the_other()
    {
        using var key = Es256Key.Create();
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var token = await Json(await flow.Token((await flow.Granted(f => f["scope"] = "qualification openid made-up"))["code"]));
        Assert.Equal("qualification", token["scope"]!.GetValue<string>());

        var answer = await issuer.Credential(token["access_token"]!.GetValue<string>(), Request([issuer.Proof(key, await issuer.Nonce())], "qualification-compact"));

        Assert.Equal("insufficient_scope", await Error(answer, HttpStatusCode.Forbidden));
        Assert.Contains("insufficient_scope", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_type", "code id_token", "unsupported_response_type")]
    [InlineData("response_mode", "form_post", "invalid_request")]
    [InlineData("client_id", null, "invalid_request")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge", "short", "invalid_request")]
    [InlineData("code_challenge_method", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("redirect_uri", null, "invalid_request")]
    [InlineData("redirect_uri", "http://wallet.example/cb", "invalid_request")]
    [InlineData("redirect_uri", "https://wallet.example/cb#x", "invalid_request")]
    [InlineData("redirect_uri", "https://user@wallet.example/cb", "invalid_request")]
    [InlineData("redirect_uri", "javascript:alert(1)", "invalid_request")]
    [InlineData("redirect_uri", "//wallet.example/cb", "invalid_request")]
    [InlineData("redirect_uri", "https:\\\\wallet.example", "invalid_request")]
    [InlineData("redirect_uri", "myapp://cb", "invalid_request")]
    [InlineData("redirect_uri", "https://wallet.example/a\r\nSet-Cookie: x=1", "invalid_request")]
    [InlineData("issuer_state", null, "invalid_request")]
    [InlineData("issuer_state", "made-up", "invalid_request")]
    [InlineData("issuer_state", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "invalid_request")]
    [InlineData("scope", null, "invalid_scope")]
    [InlineData("scope", "openid", "invalid_scope")]
    [InlineData("scope", "training", "invalid_scope")]
    [InlineData("authorization_details", "{}", "invalid_authorization_details")]
    [InlineData("authorization_details", "[]", "invalid_authorization_details")]
    [InlineData("authorization_details", "[7]", "invalid_authorization_details")]
    [InlineData("authorization_details", """[{"type":"payment"}]""", "invalid_authorization_details")]
    [InlineData("authorization_details", """[{"type":"openid_credential"}]""", "invalid_authorization_details")]
    [InlineData("authorization_details", """[{"type":"openid_credential","credential_configuration_id":"training"}]""", "invalid_authorization_details")]
    [InlineData("authorization_details", """[{"type":"openid_credential","credential_configuration_id":"qualification","locations":["https://other.example"]}]""", "invalid_authorization_details")]
    [InlineData("request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request")]
    [InlineData("request", "e30.e30.", "request_not_supported")]
    [InlineData("dpop_jkt", "x", "invalid_request")]
    public async Task A_malformed_pushed_request_gets_the_protocols_own_error(string parameter, string? value, string error)
    {
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var form = await flow.Form();
        if (value is null) form.Remove(parameter);
        else form[parameter] = value;

        Assert.Equal(error, await Error(await flow.Push(form)));
    }

    [Fact]
    public async Task A_pushed_request_that_is_no_form_or_names_a_parameter_twice_or_a_secret_is_refused()
    {
        Assert.Equal("invalid_request", await Error(await issuer.Http.PostAsync($"/{College}/par", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"))));
        Assert.Equal("invalid_request", await Error(await issuer.Http.PostAsync($"/{College}/par", new StringContent("a=1&a=2", System.Text.Encoding.ASCII, "application/x-www-form-urlencoded"))));
        var secret = new HttpRequestMessage(HttpMethod.Post, $"/{College}/par") { Content = new FormUrlEncodedContent([]) };
        secret.Headers.TryAddWithoutValidation("Authorization", "Basic eDp5");
        Assert.Equal("invalid_client", await Error(await issuer.Http.SendAsync(secret), HttpStatusCode.Unauthorized));
        Assert.Equal(HttpStatusCode.NotFound, (await issuer.Http.PostAsync("/nobody/par", new FormUrlEncodedContent([]))).StatusCode);
    }

    [Theory]
    [InlineData("http://localhost:5002/", null)]
    [InlineData("http://localhost:5002/elsewhere", "invalid_request")]
    [InlineData("http://localhost:5002/?x", "invalid_request")]
    [InlineData("http://localhost:5002", "invalid_request")]
    [InlineData("https://wallet.example/cb", "invalid_request")]
    public async Task Attack_the_name_of_a_registered_wallet_with_an_address_that_only_begins_like_its_own(string redirect, string? error)
    {
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var form = await flow.Form();
        (form["client_id"], form["redirect_uri"]) = ("http://localhost:5002", redirect);

        var answer = await flow.Push(form);

        if (error is null) Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        else Assert.Equal(error, await Error(answer));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?response_type=code&client_id=https://wallet.example&redirect_uri=https://evil.example/cb&scope=qualification&code_challenge=x&code_challenge_method=S256")]
    [InlineData("?client_id=https://wallet.example&request_uri=urn:ietf:params:oauth:request_uri:made-up")]
    [InlineData("?client_id=https://wallet.example&request_uri=https://evil.example/request")]
    public async Task Attack_the_page_is_opened_without_a_pushed_request_and_leads_nowhere(string query)
    {
        var answer = await issuer.Http.GetAsync($"/{College}/authorize{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Location"));
        Assert.DoesNotContain("evil.example", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Attack_a_request_uri_by_another_client_in_another_browser_or_too_late()
    {
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var uri = await flow.Pushed();
        var mine = new Browser(issuer.Http);
        var thief = new Browser(issuer.Http);

        Assert.Equal(HttpStatusCode.BadRequest, (await thief.Get(CodeFlow.Page(uri, "https://evil.example"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await mine.Get(CodeFlow.Page(uri))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await mine.Get(CodeFlow.Page(uri))).StatusCode); // a reload
        Assert.Equal(HttpStatusCode.BadRequest, (await thief.Get(CodeFlow.Page(uri))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await thief.Post(CodeFlow.Page(uri), ("code", TxCode(flow.Prepared)), ("act", "give"))).StatusCode);

        var late = await flow.Pushed();
        issuer.Clock.Move(TimeSpan.FromSeconds(90));
        Assert.Equal(HttpStatusCode.BadRequest, (await new Browser(issuer.Http).Get(CodeFlow.Page(late))).StatusCode);
    }

    [Fact]
    public async Task Attack_another_site_sends_the_form()
    {
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var page = CodeFlow.Page(await flow.Pushed());
        var browser = new Browser(issuer.Http);
        await browser.Get(page);

        var answer = await browser.PostWith("", page, ("code", TxCode(flow.Prepared)), ("act", "give"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Location"));
        Assert.Contains("collect-error", browser.Html);
    }

    [Fact]
    public async Task A_person_who_says_no_sends_the_wallet_back_with_access_denied_and_the_offer_stays()
    {
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var page = CodeFlow.Page(await flow.Pushed());
        var browser = new Browser(issuer.Http);
        await browser.Get(page);

        var answer = CodeFlow.Answer(await browser.Post(page, ("act", "deny")));

        Assert.Equal("access_denied", answer["error"]);
        Assert.Equal($"{Url}/{College}", answer["iss"]);
        Assert.Equal("s t&=1", answer["state"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.Post(page, ("code", TxCode(flow.Prepared)), ("act", "give"))).StatusCode);
        Assert.NotEmpty((await flow.Granted())["code"]);
    }

    [Fact]
    public async Task Attack_codes_are_guessed_on_the_page_and_the_fifth_wrong_one_ends_the_offer_everywhere()
    {
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var wrong = TxCode(flow.Prepared) == "000000" ? "000001" : "000000";
        // Three at the token endpoint and two on the page are five, not two times five.
        var preAuthorized = Code(await issuer.Offer(flow.Prepared));
        for (var i = 0; i < 3; i++) Assert.Equal("invalid_grant", await Error(await issuer.Token(preAuthorized, wrong)));
        var page = CodeFlow.Page(await flow.Pushed());
        var browser = new Browser(issuer.Http);
        await browser.Get(page);

        Assert.Equal(HttpStatusCode.BadRequest, (await browser.Post(page, ("code", wrong), ("act", "give"))).StatusCode);
        Assert.Contains("Tries left: 1.", browser.Html);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.Post(page, ("code", wrong), ("act", "give"))).StatusCode);

        Assert.Contains("collect-locked", browser.Html);
        Assert.Contains("error=access_denied", browser.Html);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.Post(page, ("code", TxCode(flow.Prepared)), ("act", "give"))).StatusCode);
        Assert.Equal("invalid_grant", await Error(await issuer.Token(preAuthorized, TxCode(flow.Prepared))));
    }

    [Fact]
    public async Task An_empty_code_costs_no_try_and_digits_of_any_script_are_read()
    {
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var page = CodeFlow.Page(await flow.Pushed());
        var browser = new Browser(issuer.Http);
        await browser.Get(page);
        for (var i = 0; i < 6; i++) await browser.Post(page, ("code", " "), ("act", "give"));
        Assert.Contains("collect-error", browser.Html);

        var arabic = string.Concat(TxCode(flow.Prepared).Select(d => (char)('\u0660' + (d - '0')))).Insert(3, " ");

        Assert.NotEmpty(CodeFlow.Answer(await browser.Post(page, ("code", arabic), ("act", "give")))["code"]);
    }

    [Fact]
    public async Task Attack_issuer_state_of_another_session_needs_the_other_persons_code()
    {
        var mine = new CodeFlow(issuer, await issuer.Prepare());
        var attackers = new CodeFlow(issuer, await issuer.Prepare(reference: "D-2024-119"));
        var injected = await attackers.IssuerState();
        var page = CodeFlow.Page(await mine.Pushed(f => f["issuer_state"] = injected));
        var browser = new Browser(issuer.Http);
        await browser.Get(page);

        if (TxCode(mine.Prepared) != TxCode(attackers.Prepared))
            Assert.Equal(HttpStatusCode.BadRequest, (await browser.Post(page, ("code", TxCode(mine.Prepared)), ("act", "give"))).StatusCode);

        Assert.Equal("invalid_request", await Error(await mine.Push(await mine.Form(), organisation: Ministry)));
    }

    [Fact]
    public async Task Attack_a_code_comes_twice_and_what_it_gave_ends()
    {
        using var key = Es256Key.Create();
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var code = (await flow.Granted())["code"];
        var token = (await Json(await flow.Token(code)))["access_token"]!.GetValue<string>();

        Assert.Equal("invalid_grant", await Error(await flow.Token(code)));

        Assert.Equal("invalid_token", await Error(await issuer.Credential(token, Request([issuer.Proof(key, await issuer.Nonce())])), HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task Attack_eight_exchanges_race_for_one_code_and_no_two_tokens_live()
    {
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var code = (await flow.Granted())["code"];

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => flow.Token(code))));

        Assert.InRange(answers.Count(a => a.StatusCode == HttpStatusCode.OK), 0, 1);
        foreach (var lost in answers.Where(a => a.StatusCode != HttpStatusCode.OK)) Assert.Equal("invalid_grant", await Error(lost));
        var offer = flow.Prepared["offer"]!["id"]!.GetValue<string>();
        Assert.Equal(0, await issuer.InDb(db => db.AccessTokens.CountAsync(t => t.OfferId == offer)));
    }

    [Theory]
    [InlineData("client_id", "https://evil.example", "invalid_grant")]
    [InlineData("client_id", null, "invalid_request")]
    [InlineData("redirect_uri", "https://wallet.example/cb/", "invalid_grant")]
    [InlineData("redirect_uri", "https://wallet.example/c", "invalid_grant")]
    [InlineData("redirect_uri", null, "invalid_request")]
    [InlineData("code_verifier", null, "invalid_request")]
    [InlineData("code_verifier", "too-short", "invalid_request")]
    [InlineData("code_verifier", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "invalid_grant")]
    [InlineData("code", "made-up", "invalid_grant")]
    [InlineData("code", null, "invalid_request")]
    [InlineData("authorization_details", "[]", "invalid_authorization_details")]
    [InlineData("authorization_details", """[{"type":"openid_credential","credential_configuration_id":"training"}]""", "invalid_authorization_details")]
    public async Task Attack_a_code_with_another_client_address_or_verifier(string parameter, string? value, string error)
    {
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var code = (await flow.Granted())["code"];

        var answer = await flow.Token(code, form =>
        {
            if (value is null) form.Remove(parameter);
            else form[parameter] = value;
        });

        Assert.Equal(error, await Error(answer));
        // The code is not spent by somebody else's try.
        Assert.Equal(HttpStatusCode.OK, (await flow.Token(code)).StatusCode);
    }

    [Fact]
    public async Task Attack_a_code_after_sixty_seconds_or_after_the_offer_was_taken_otherwise()
    {
        var late = new CodeFlow(issuer, await issuer.Prepare());
        var code = (await late.Granted())["code"];
        issuer.Clock.Move(AuthorizationRequest.CodeLifetime);
        Assert.Equal("invalid_grant", await Error(await late.Token(code)));

        var taken = new CodeFlow(issuer, await issuer.Prepare());
        code = (await taken.Granted())["code"];
        await issuer.AccessToken(taken.Prepared);
        Assert.Equal("invalid_grant", await Error(await taken.Token(code)));
    }

    [Fact]
    public async Task The_answer_comes_in_the_fragment_where_the_wallet_asked_for_that()
    {
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var page = CodeFlow.Page(await flow.Pushed(f => (f["response_mode"], f["redirect_uri"]) = ("fragment", "https://wallet.example/cb?x=1")));
        var browser = new Browser(issuer.Http);
        var shown = await browser.Get(page);

        var answer = await browser.Post(page, ("code", TxCode(flow.Prepared)), ("act", "give"));

        Assert.StartsWith("https://wallet.example/cb?x=1#code=", answer.Headers.GetValues("Location").Single());
        // Browsers measure the redirect of a form by the policy of its page.
        Assert.Contains("form-action 'self' https://wallet.example:443;", shown.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Theory]
    [InlineData("en", "ltr")]
    [InlineData("ar", "rtl")]
    public async Task The_page_speaks_the_persons_language_and_names_no_person(string language, string direction)
    {
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var browser = new Browser(issuer.Http);

        await browser.Get(CodeFlow.Page(await flow.Pushed()) + $"&lang={language}");

        Assert.Contains($"<html lang=\"{language}\" dir=\"{direction}\">", browser.Html);
        Assert.Contains("collect-stranger", browser.Html);
        Assert.DoesNotContain("Amina", browser.Html);
        Assert.DoesNotContain(TxCode(flow.Prepared), browser.Html);
        Assert.DoesNotContain("collect.", System.Text.RegularExpressions.Regex.Replace(browser.Html, "data-testid=\"[^\"]*\"", ""));
    }
}
