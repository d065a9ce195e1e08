using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.SdJwt;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Tests.Verdicts;
using Identity.Credentials.Verdicts;
using Identity.TestKit;
using Identity.Tests.Shared;

namespace Identity.Credentials.Tests.Accreditation;

/// <summary>
/// tests/vectors/accreditation/national.json: whole SD-JWTs that state a level of a national framework, and what the engine says of them by a scope. The browser code reads them and compares the level by the same scope, public
/// npm implementations read the claims. Signatures are random: run with <c>IDENTITY_WRITE_VECTORS=national</c> to make them anew.
/// </summary>
public sealed class NationalVectorTests
{
    private static readonly string Place = Checkout.Vector("accreditation/national.json");
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Names => [.. Vectors().Select(v => (string)v["name"]!)];

    [Fact]
    public void Vectors_are_written_when_asked()
    {
        if (Environment.GetEnvironmentVariable("IDENTITY_WRITE_VECTORS")?.Split(',').Contains("national") != true) return;
        File.WriteAllText(Place, new JsonObject
        {
            ["about"] = "SD-JWTs that state a level of a national framework. 'issuer' is the key that signed; 'claims' what is read; 'ministry' and 'college' the scopes of the two links; 'reason' leads the verdict; 'entitlement' as a verdict has it, without the links.",
            ["issuer"] = Fixed.Key("issuer").PublicKey.ToJson(),
            ["vectors"] = new JsonArray([.. All().Select(one => (JsonNode)Write(one))]),
        }.ToJsonString(Readable) + "\n");
    }

    [Fact]
    public void The_vectors_are_those_that_are_written() => Assert.Equal(All().Select(one => one.Name), Vectors().Select(v => (string)v["name"]!));

    [Theory, MemberData(nameof(Names))]
    public void Every_national_level_comes_out_as_written(string name)
    {
        var one = Vectors().Single(v => (string)v["name"]! == name);

        var judged = Judge((string)one["text"]!, Parse(one["ministry"]), Parse(one["college"]));

        foreach (var member in new[] { "claims", "reason", "entitlement" }) Assert.Equal(one[member]!.ToJsonString(Readable), judged[member]!.ToJsonString(Readable));
    }

    private sealed record Case(string Name, string? Framework, string? Level, Scope College, Scope? Ministry = null, bool IsShown = true);

    private static IEnumerable<Case> All()
    {
        var limited = Of("XTQF", 1, 5);
        yield return new("a level within", "XTQF", "4", limited);
        yield return new("the highest level", "XTQF", "5", limited);
        yield return new("a level between two whole ones", "XTQF", "4.5", limited);
        yield return new("a level beyond", "XTQF", "6", limited);
        yield return new("a level between the highest and the next", "XTQF", "5.5", limited);
        yield return new("a level below", "XTQF", "1", Of("XTQF", 2, 5));
        yield return new("a level that is no number", "XTQF", "IV", limited);
        yield return new("a level of another framework", "XNQF", "7", limited);
        yield return new("a framework written otherwise", "xtqf", "7", limited);
        yield return new("a level beyond what the ministry may give", "XTQF", "4", limited, Of("XTQF", 1, 3, isAnyType: true));
        yield return new("a level beyond, not shown", "XTQF", "6", limited, IsShown: false);
        yield return new("no national level stated", null, null, limited);
    }

    private static Scope Of(string framework, int from, int until, bool isAnyType = false) => new(isAnyType ? null : [Scene.Vct], Nqf: new Dictionary<string, LevelRange> { [framework] = new(from, until) });

    private static JsonObject Write(Case one)
    {
        var payload = new JsonObject
        {
            ["iss"] = Scene.Iss, ["vct"] = Scene.Vct, ["iat"] = Scene.Anchored.AddDays(-1).ToUnixTimeSeconds(), ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Certificate in Welding", ["awarding_country"] = "XT",
        };
        List<ClaimPath> hidden = [new("holder_name"), new("title")];
        foreach (var (name, value) in new[] { ("nqf_framework", one.Framework), ("nqf_edition", one.Framework is null ? null : "2019"), ("nqf_level", one.Level) })
        {
            if (value is null) continue;
            payload[name] = value;
            hidden.Add(new ClaimPath(name));
        }
        var key = Fixed.Key("issuer");
        var text = SdJwtIssuer.Issue(new JsonObject { ["typ"] = "dc+sd-jwt", ["kid"] = key.PublicKey.ThumbprintText() }, payload, hidden, key, Fixed.Random(one.Name));
        if (!one.IsShown && SdJwtDocument.TryParse(text, out var document, out _)) text = SdJwtHolder.Select(document, [new ClaimPath("holder_name"), new ClaimPath("title"), new ClaimPath("nqf_framework")]);
        var written = new JsonObject { ["name"] = one.Name, ["text"] = text, ["ministry"] = (one.Ministry ?? new Scope(null)).Canonical(), ["college"] = one.College.Canonical() };
        foreach (var (name, value) in Judge(text, one.Ministry ?? new Scope(null), one.College)) written[name] = value?.DeepClone();
        return written;
    }

    private static JsonObject Judge(string text, Scope ministry, Scope college)
    {
        var scene = new Scene();
        var since = Scene.Anchored.AddYears(-2);
        scene.Root = new AccreditationLink(1, null, Accredited.Ministry, AccreditationRight.Accredit, ministry.Canonical(), since, null, null, since);
        scene.Accreditation = Accredited.Issuer(scene.College!, since, college);

        var verdict = VerdictJson.ToJson(VerdictEngine.Check(text, new Expectations.File(), scene, scene.Now));

        var entitlement = verdict["entitlement"]!.DeepClone().AsObject();
        entitlement.Remove("chain");
        Assert.True(SdJwtDocument.TryParse(text, out var document, out var reason), reason);
        Assert.True(document.TryProcess(out var claims, out reason), reason);
        claims.Remove("_sd_alg");
        return new JsonObject { ["claims"] = claims, ["reason"] = verdict["reason"]!.DeepClone(), ["entitlement"] = entitlement };
    }

    private static Scope Parse(JsonNode? canonical) => Scope.TryParse((string)canonical!, out var scope, out var reason) ? scope : throw new InvalidOperationException(reason);

    private static IEnumerable<JsonObject> Vectors() => JsonNode.Parse(File.ReadAllText(Place))!["vectors"]!.AsArray().Select(v => v!.AsObject());
}
