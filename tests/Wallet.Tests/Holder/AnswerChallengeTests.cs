using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Wallet.Holder;

namespace Identity.Wallet.Tests.Holder;

/// <summary>The code that answers a code shows what was asked and agreed to, and no more.</summary>
public sealed class AnswerChallengeTests : IDisposable
{
    private const int HolderName = 1;
    private const int Title = 3;
    private static readonly TypeDefinition Qualification = TypeDefinition.Find("qualification")!;
    private readonly Es256Key _issuer = Es256Key.Create();
    private readonly Es256Key _holder = Es256Key.Create();
    private readonly Es256Key _asker = Es256Key.Create();

    public void Dispose()
    {
        _issuer.Dispose();
        _holder.Dispose();
        _asker.Dispose();
    }

    [Fact]
    public void An_optional_claim_is_shown_only_where_it_was_chosen()
    {
        var challenge = Challenge(required: [Key("title")], optional: [Key("holder_name"), Key("awarding_body")]);

        Assert.Equal(["title"], Shown(challenge, []));
        Assert.Equal(["holder_name", "title"], Shown(challenge, [Key("holder_name")]));
    }

    [Fact]
    public void A_claim_that_was_not_asked_for_is_not_shown_even_if_chosen() =>
        Assert.Equal(["title"], Shown(Challenge([Key("title")], []), [Key("holder_name"), 999]));

    [Fact]
    public void An_optional_claim_the_credential_lacks_is_passed_over() =>
        Assert.Equal(["title"], Shown(Challenge([Key("title")], [Key("occupation")]), [Key("occupation")]));

    [Fact]
    public void A_question_for_nothing_shows_nothing_but_the_credentials_kind() => Assert.Empty(Shown(Challenge([], [Key("title")]), []));

    [Fact]
    public void A_missing_claim_is_a_refusal_and_nothing_is_shown()
    {
        var (answer, refusal) = PresentCredentials.AnswerChallenge(Challenge([Key("title"), Key("occupation")], []).Text, Copy(), []);

        Assert.Null(answer);
        Assert.Equal("access_denied", refusal!.Code);
    }

    [Fact]
    public void A_question_for_another_type_is_refused()
    {
        var challenge = CompactChallenge.Create(new byte[16], 1_700_000_000, "urn:identity:person:1", [HolderName], [], "why", "who", _asker);

        Assert.Equal("access_denied", PresentCredentials.AnswerChallenge(challenge.Text, Copy(), []).Refusal!.Code);
    }

    [Fact]
    public void A_copy_without_a_compact_form_answers_no_code() =>
        Assert.Equal("access_denied", PresentCredentials.AnswerChallenge(Challenge([Title], []).Text, Copy() with { Compact = null }, []).Refusal!.Code);

    [Fact]
    public void A_question_changed_on_its_way_is_refused()
    {
        var challenge = Challenge([Key("title")], []);
        var bytes = challenge.Encoded.ToArray();
        var at = bytes.AsSpan().IndexOf("Gate 3"u8);
        Assert.True(at > 0);
        bytes[at] ^= 1;

        Assert.Equal("invalid_request", PresentCredentials.AnswerChallenge(CompactChallenge.Prefix + Credentials.Cose.Base45.Encode(bytes), Copy(), []).Refusal!.Code);
    }

    [Theory, InlineData(""), InlineData("IDC:"), InlineData("IDP:ABC"), InlineData("https://employer.example"), InlineData("IDC:::::")]
    public void What_is_no_question_is_refused(string text) =>
        Assert.Equal("invalid_request", PresentCredentials.AnswerChallenge(text, Copy(), []).Refusal!.Code);

    [Fact]
    public void A_question_for_more_than_a_code_can_hold_is_refused_in_words()
    {
        var copy = Copy(c => c["title"] = string.Concat(Enumerable.Repeat("Diploma ", 300)));

        var (answer, refusal) = PresentCredentials.AnswerChallenge(Challenge([Key("title")], []).Text, copy, []);

        Assert.Null(answer);
        Assert.Equal("access_denied", refusal!.Code);
    }

    private string[] Shown(CompactChallenge challenge, int[] chosen)
    {
        var (answer, refusal) = PresentCredentials.AnswerChallenge(challenge.Text, Copy(), chosen);
        Assert.Null(refusal);
        Assert.True(CompactVerifier.TryParse(answer, out var shown, out var reason), reason);
        Assert.True(shown.VerifyHolder(challenge.Digest));
        Assert.True(shown.ClaimsHold);
        return [.. shown.Claims(Qualification).Select(c => c.Key).Order(StringComparer.Ordinal)];
    }

    private CompactChallenge Challenge(int[] required, int[] optional) =>
        CompactChallenge.Create(RandomNumberGenerator.GetBytes(16), 1_700_000_000, Qualification.Vct, required, optional, "Entry to the yard", "Gate 3", _asker);

    private CredentialCopy Copy(Action<JsonObject>? change = null)
    {
        var claims = new JsonObject { ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Diploma in Welding", ["awarding_body"] = "Port Selin Technical College" };
        change?.Invoke(claims);
        var compact = CompactIssuer.Issue(Qualification, claims, _holder.PublicKey, null, null, 1, 1, _issuer, RandomNumberGenerator.Fill);
        return new CredentialCopy("https://college.example", Qualification.Vct, _holder, "", _issuer.PublicKey, compact);
    }

    private static int Key(string claim) => Qualification.Claim(claim)!.Key;
}
