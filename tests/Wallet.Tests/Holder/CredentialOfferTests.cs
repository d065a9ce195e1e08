using System.Text.Json.Nodes;
using Identity.Wallet.Holder;

namespace Identity.Wallet.Tests.Holder;

/// <summary>An offer is a stranger's text (OpenID4VCI 1.0 section 4.1): what is damaged or leads elsewhere is refused before anything is fetched.</summary>
public sealed class CredentialOfferTests
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
    private const string Issuer = "https://college.example/port-selin";

    [Fact]
    public void An_offer_is_read_and_never_prints_its_code()
    {
        Assert.True(CredentialOffer.TryParse(Offer().ToJsonString(), out var offer, out _));

        Assert.Equal((Issuer, "qualification", "the-code", 6), (offer.Issuer, Assert.Single(offer.ConfigurationIds), offer.PreAuthorizedCode, offer.TxCodeLength));
        Assert.DoesNotContain("the-code", offer.ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Damage => new()
    {
        { "no issuer", """{"credential_issuer":null}""" },
        { "an issuer that is a script", """{"credential_issuer":"javascript:alert(1)"}""" },
        { "an issuer that is a file", """{"credential_issuer":"file:///etc/passwd"}""" },
        { "an issuer without scheme", """{"credential_issuer":"college.example"}""" },
        { "an issuer with a query", """{"credential_issuer":"https://college.example/?x=1"}""" },
        { "an issuer with a fragment", """{"credential_issuer":"https://college.example/#x"}""" },
        { "an issuer with a user name", """{"credential_issuer":"https://college.example@thief.example/"}""" },
        { "nothing offered", """{"credential_configuration_ids":[]}""" },
        { "something offered twice", """{"credential_configuration_ids":["qualification","qualification"]}""" },
        { "a number offered", """{"credential_configuration_ids":[1]}""" },
        { "an object offered", """{"credential_configuration_ids":{"0":"qualification"}}""" },
        { "no grants", """{"grants":null}""" },
        { "another grant only", """{"grants":{"urn:example:other":{}}}""" },
        { "a page with an issuer_state that is no text", """{"grants":{"authorization_code":{"issuer_state":7}}}""" },
        { "a page of another authorization server", """{"grants":{"authorization_code":{"authorization_server":"https://thief.example"}}}""" },
        { "no code", Granted("""{}""") },
        { "an empty code", Granted("""{"pre-authorized_code":""}""") },
        { "a transaction code that is no object", Granted("""{"pre-authorized_code":"c","tx_code":"123456"}""") },
        { "a hint at another authorization server", Granted("""{"pre-authorized_code":"c","authorization_server":"https://thief.example"}""") },
    };

    [Fact]
    public void An_offer_for_the_organisations_page_alone_is_read_with_its_issuer_state()
    {
        var json = Offer();
        json["grants"] = new JsonObject { ["authorization_code"] = new JsonObject { ["issuer_state"] = "the-state" } };

        Assert.True(CredentialOffer.TryParse(json.ToJsonString(), out var offer, out var reason), reason);

        Assert.Equal((null, null, true, "the-state"), (offer.PreAuthorizedCode, offer.TxCodeLength, offer.ByPage, offer.IssuerState));
    }

    [Theory, MemberData(nameof(Damage))]
    public void A_damaged_offer_is_refused(string what, string change)
    {
        var offer = Offer();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject()) offer[name] = value?.DeepClone();

        Assert.False(CredentialOffer.TryParse(offer.ToJsonString(), out _, out var reason), what);
        Assert.NotEmpty(reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"credential_issuer":"https://a.example","credential_issuer":"https://b.example"}""")]
    [InlineData("""{"credential_issuer":"https://a.example",}""")]
    public void What_is_not_strict_JSON_is_no_offer(string text) => Assert.False(CredentialOffer.TryParse(text, out _, out _));

    [Fact]
    public void Huge_ids_and_codes_and_too_many_ids_are_refused()
    {
        Assert.False(Reads(o => o["credential_configuration_ids"] = new JsonArray(new string('q', 5_000))));
        Assert.False(Reads(o => o["credential_configuration_ids"] = new JsonArray([.. Enumerable.Range(0, 33).Select(i => (JsonNode)$"q{i}")])));
        Assert.False(Reads(o => o["grants"]![Grant]!["pre-authorized_code"] = new string('c', 2_001)));
        Assert.False(Reads(o => o["credential_issuer"] = "https://college.example/" + new string('i', 5_000)));
    }

    [Theory, InlineData("4294967302"), InlineData("-6"), InlineData("6.5"), InlineData("\"6\""), InlineData("1e3"), InlineData("100000")]
    public void A_senseless_length_of_the_transaction_code_counts_as_unsaid(string length)
    {
        var offer = Offer();
        offer["grants"]![Grant]!["tx_code"]!["length"] = JsonNode.Parse(length);

        Assert.True(CredentialOffer.TryParse(offer.ToJsonString(), out var read, out _));
        Assert.Equal(0, read.TxCodeLength);
    }

    [Theory]
    [InlineData("openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fcollege.example%2Foffers%2F1", true)]
    [InlineData("haip-vci://?credential_offer=%7B%7D", true)]
    [InlineData("https://wallet.example/#offer?credential_offer_uri=https%3A%2F%2Fcollege.example%2Foffers%2F1", true)]
    [InlineData("openid-credential-offer://?credential_offer=%7B%7D&credential_offer_uri=https%3A%2F%2Fcollege.example", false)]
    [InlineData("openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fa.example&credential_offer_uri=https%3A%2F%2Fb.example", false)]
    [InlineData("openid-credential-offer://", false)]
    [InlineData("https://wallet.example/?credential_offer_uri=https%3A%2F%2Fcollege.example", false)]
    [InlineData("javascript:alert(1)//?credential_offer=%7B%7D", false)]
    [InlineData("openid4vp://?credential_offer=%7B%7D", false)]
    public void A_link_holds_one_offer_or_none(string link, bool holdsOne) => Assert.Equal(holdsOne, CredentialOffer.TryReadLink(link, out _, out _));

    private static string Granted(string grant) => new JsonObject { ["grants"] = new JsonObject { [Grant] = JsonNode.Parse(grant) } }.ToJsonString();

    private static bool Reads(Action<JsonObject> change)
    {
        var offer = Offer();
        change(offer);
        return CredentialOffer.TryParse(offer.ToJsonString(), out _, out _);
    }

    private static JsonObject Offer() => new()
    {
        ["credential_issuer"] = Issuer,
        ["credential_configuration_ids"] = new JsonArray("qualification"),
        ["grants"] = new JsonObject { [Grant] = new JsonObject { ["pre-authorized_code"] = "the-code", ["tx_code"] = new JsonObject { ["length"] = 6 } } },
    };
}
