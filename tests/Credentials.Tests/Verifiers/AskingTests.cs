using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Credentials.Verifiers;
using Identity.TestKit;

namespace Identity.Credentials.Tests.Verifiers;

/// <summary>tests/vectors/asking: the wallet in the browser and the holder in C# judge alike.</summary>
public sealed class AskingTests
{
    private static readonly JsonObject File = JsonNode.Parse(System.IO.File.ReadAllText(Checkout.Vector("asking/asking.json")))!.AsObject();

    public static TheoryData<string> Judged => [.. File["judge"]!.AsArray().Select(v => (string)v!["name"]!)];

    public static TheoryData<string> Defaulted => [.. File["defaults"]!.AsArray().Select(v => (string)v!["name"]!)];

    [Theory, MemberData(nameof(Judged))]
    public void Who_asks_is_judged_as_the_vectors_say(string name)
    {
        var vector = File["judge"]!.AsArray().Single(v => (string)v!["name"]! == name)!;
        Assert.True(VerifierList.TryReadPayload(File["list"]!.AsObject(), out var list, out var reason), reason);

        var judged = Asking.Judge(vector["list"] is null ? null : list, DateTimeOffset.FromUnixTimeSeconds((long)vector["now"]!), (string?)vector["key"], (string?)vector["purpose"], Asked(vector["asked"]!));

        var expect = vector["expect"]!;
        Assert.Equal((string)expect["standing"]!, JsonNamingPolicy.SnakeCaseLower.ConvertName(judged.Standing.ToString()));
        Assert.Equal(((string?)expect["verifier"], (string?)expect["purpose"], (bool)expect["expired"]!), (judged.Verifier?.Name, judged.Purpose?.Id, judged.ListExpired));
        Assert.Equal(Asked(expect["extra"]!), judged.Extra);
    }

    [Theory, MemberData(nameof(Defaulted))]
    public void What_starts_off_is_as_the_vectors_say(string name)
    {
        var vector = File["defaults"]!.AsArray().Single(v => (string)v!["name"]! == name)!;
        var type = TypeDefinition.Find((string)vector["type"]!);
        var asked = vector["asked"]!.AsArray().Select(a => ((string)a!["claim"]!, (bool)a["optional"]!)).ToList();

        var off = ConsentDefaults.Off(type, asked, Texts(vector["extra"]!));

        Assert.Equal(Texts(vector["off"]!).Order(), off.Order());
        Assert.Equal(Texts(vector["order"]!), ConsentDefaults.Order(type, asked, off));
    }

    [Fact]
    public void Nationality_legal_status_and_their_like_are_marked_sensitive_in_every_type()
    {
        string[] telling = ["nationalit", "citizen", "stateless", "legal_status", "residence_status", "religion", "ethnic", "sex", "left_because"];

        var claims = TypeDefinition.All.SelectMany(t => t.Claims).Where(c => telling.Any(word => c.Name.Contains(word, StringComparison.Ordinal))).ToList();

        Assert.NotEmpty(claims);
        Assert.All(claims, c => Assert.True(c.Sensitive, c.Name));
        Assert.All(TypeDefinition.All.SelectMany(t => t.Claims.Where(c => c.DerivedFrom is not null).Select(c => (t, c))), x => Assert.NotNull(x.t.Claim(x.c.DerivedFrom!)));
    }

    [Fact]
    public void A_challenge_of_form_2_names_its_purpose_and_is_the_same_in_both_languages()
    {
        var file = Checkout.Vector("asking/challenge.json");
        if (Environment.GetEnvironmentVariable("IDENTITY_WRITE_VECTORS") == "1")
        {
            using var key = Es256Key.Create();
            var made = CompactChallenge.Create(new byte[16], 1_760_000_000, "urn:identity:qualification:1", [1, 3], [9], "Welding job", "Harbour Yard", key, "welder");
            System.IO.File.WriteAllText(file, new JsonObject { ["about"] = "A challenge of form 2, which names a registered purpose.", ["text"] = made.Text, ["purposeId"] = "welder" }.ToJsonString() + "\n");
        }
        var vector = JsonNode.Parse(System.IO.File.ReadAllText(file))!;

        Assert.True(CompactChallenge.TryParse((string)vector["text"]!, out var challenge, out var reason), reason);
        Assert.Equal((string)vector["purposeId"]!, challenge.PurposeId);
        Assert.Equal((string)vector["text"]!, challenge.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a purpose id that is longer than 40 chars")]
    public void A_challenge_with_a_purpose_id_of_another_length_is_refused(string id)
    {
        using var key = Es256Key.Create();

        Assert.Throws<ArgumentException>(() => CompactChallenge.Create(new byte[16], 0, "t", [1], [], "", "", key, id));
    }

    private static List<AskedClaim> Asked(JsonNode json) => [.. json.AsArray().Select(a => new AskedClaim((string)a!["type"]!, (string)a["claim"]!))];

    private static List<string> Texts(JsonNode json) => [.. json.AsArray().Select(a => (string)a!)];
}
