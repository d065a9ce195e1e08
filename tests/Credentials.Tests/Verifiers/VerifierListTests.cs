using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Verifiers;

namespace Identity.Credentials.Tests.Verifiers;

public sealed class VerifierListTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private readonly Es256Key _authority = Es256Key.Create();
    private readonly Es256Key _stranger = Es256Key.Create();

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public void A_list_is_read_as_it_was_signed()
    {
        var signed = List().Sign(_authority);

        Assert.True(VerifierList.TryRead(signed, [_stranger.PublicKey.ThumbprintText(), _authority.PublicKey.ThumbprintText()], out var read, out var reason), reason);
        Assert.Equal(List().ToJson().ToJsonString(), read.ToJson().ToJsonString());
        Assert.Equal(Profile().Canonical(), Assert.Single(read.Verifiers).Profile.Canonical());
    }

    [Fact]
    public void Attack_a_list_by_a_key_that_is_not_pinned_is_refused()
    {
        Assert.False(VerifierList.TryRead(List().Sign(_stranger), [_authority.PublicKey.ThumbprintText()], out _, out var reason));
        Assert.Contains("not pinned", reason, StringComparison.Ordinal);
        Assert.False(VerifierList.TryRead(List().Sign(_authority), [], out _, out _));
    }

    [Fact]
    public void Attack_the_pinned_key_in_the_header_of_a_strangers_list_is_refused()
    {
        var header = new JsonObject { ["typ"] = "verifier-list+jwt", ["jwk"] = _authority.PublicKey.ToJson() };
        var forged = Jws.Sign(header, List().ToJson(), _stranger);

        Assert.False(VerifierList.TryRead(forged, [_authority.PublicKey.ThumbprintText()], out _, out var reason));
        Assert.Contains("signature", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Attack_another_token_of_the_same_key_is_no_list()
    {
        var header = new JsonObject { ["typ"] = "statuslist+jwt", ["jwk"] = _authority.PublicKey.ToJson() };

        Assert.False(VerifierList.TryRead(Jws.Sign(header, List().ToJson(), _authority), [_authority.PublicKey.ThumbprintText()], out _, out _));
    }

    [Theory]
    [InlineData("version", null)]
    [InlineData("version", -1)]
    [InlineData("version", "7")]
    [InlineData("exp", null)]
    [InlineData("iat", "now")]
    [InlineData("authority", "")]
    [InlineData("verifiers", "none")]
    public void A_list_with_a_member_of_another_kind_is_refused(string member, object? value)
    {
        var payload = List().ToJson();
        payload[member] = value switch { null => null, int number => number, _ => (JsonNode)(string)value };

        Assert.False(VerifierList.TryReadPayload(payload, out _, out var reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void A_profile_is_canonical_json_and_nothing_else()
    {
        var canonical = Profile().Canonical();

        Assert.StartsWith("""{"contact":"desk@example.org","country":"XN","demonstration":true,"keys":[""", canonical, StringComparison.Ordinal);
        Assert.True(VerifierProfile.TryParse(canonical, out var read, out var reason), reason);
        Assert.Equal(Profile().Id(), read.Id());
        foreach (var other in new[] { canonical + " ", canonical.Replace("\"XN\"", "\"xn\"", StringComparison.Ordinal), canonical.Insert(1, "\"a\":1,"), "", "[]", "{", new string('x', 9000), "\ud800" })
            Assert.False(VerifierProfile.TryParse(other, out _, out _), other);
    }

    [Fact]
    public void Attack_a_name_that_turns_or_hides_text_is_refused()
    {
        foreach (var name in new[] { "", " ", new string('n', 81), "a\nb", "Harbour\u202eYard", "Harbour\u200bYard", "Harbour\u2066Yard" })
            Assert.NotNull((Profile() with { Name = name }).Fault());
        Assert.NotNull((Profile() with { Keys = [] }).Fault());
        Assert.NotNull((Profile() with { Keys = ["short"] }).Fault());
        Assert.NotNull((Profile() with { Purposes = [] }).Fault());
        Assert.NotNull((Profile() with { Purposes = [Profile().Purposes[0], Profile().Purposes[0]] }).Fault());
        Assert.NotNull((Profile() with { Purposes = [Profile().Purposes[0] with { Text = new Dictionary<string, string> { ["ar"] = "لا" } }] }).Fault());
        Assert.Null(Profile().Fault());
    }

    private static VerifierProfile Profile() => new("Harbour Yard", "XN", true, "desk@example.org", false, [new string('A', 43)],
        [new("welder", new Dictionary<string, string> { ["en"] = "To hire a welder" }, [new("urn:identity:qualification:1", ["title"])])]);

    private static VerifierList List() => new("https://issuer.example/interior", "Ministry", 7, Now, Now.AddDays(3), [new(Profile(), Now.AddYears(1))]);
}
