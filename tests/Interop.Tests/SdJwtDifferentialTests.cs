using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.TestKit;

namespace Identity.Interop.Tests;

/// <summary>SD-JWTs of this product read by two public npm implementations, and theirs by this product.</summary>
public sealed class SdJwtDifferentialTests : IDisposable
{
    private const int Documents = 300;
    private readonly Es256Key _issuer = Es256Key.Create();
    private readonly Es256Key _holder = Es256Key.Create();

    public void Dispose()
    {
        _issuer.Dispose();
        _holder.Dispose();
    }

    [Theory]
    [InlineData("@sd-jwt", 1)]
    [InlineData("@meeco", 2)]
    public async Task What_we_issue_they_read_as_it_was_meant(string peer, int seed)
    {
        var trees = Trees(seed);
        var answers = await EachAsync(peer, "verify", Public(_issuer), trees.Select(t => new JsonObject { ["text"] = Issue(t) }));

        foreach (var (tree, answer) in trees.Zip(answers)) AssertSame(tree.Claims, Claims(answer));
    }

    [Theory]
    [InlineData("@sd-jwt", 3)]
    [InlineData("@meeco", 4)]
    public async Task What_they_issue_we_read_as_it_was_meant(string peer, int seed)
    {
        var trees = Trees(seed);
        var answers = await EachAsync(peer, "issue", Private(_issuer), trees.Select(t => new JsonObject { ["claims"] = t.Claims.DeepClone(), ["frame"] = t.Frame.DeepClone() }));

        foreach (var (tree, answer) in trees.Zip(answers))
        {
            Assert.True(SdJwtDocument.TryParse((string?)answer["text"], out var document, out var reason), $"{reason} {answer}");
            Assert.True(VerificationKey.TryImport(_issuer.PublicKey, out var key, out _));
            using (key) Assert.True(document.Jwt.Verify(key));
            Assert.True(document.TryProcess(out var claims, out reason), reason);
            AssertSame(tree.Claims, claims);
        }
    }

    [Theory]
    [InlineData("@sd-jwt", 5)]
    [InlineData("@meeco", 6)]
    public async Task What_our_holder_withholds_they_do_not_read_and_the_rest_they_do(string peer, int seed)
    {
        var random = new Random(seed);
        var trees = Trees(seed);
        var shown = trees.Select(t =>
        {
            Assert.True(SdJwtDocument.TryParse(Issue(t), out var document, out _));
            var chosen = SdJwtHolder.Paths(document).Select(p => p.Path).Where(_ => random.Next(2) == 0).ToList();
            var text = SdJwtHolder.Select(document, chosen);
            Assert.True(SdJwtDocument.TryParse(text, out var reduced, out _));
            Assert.True(reduced.TryProcess(out var ours, out var reason), reason);
            return (text, ours);
        }).ToList();

        var answers = await EachAsync(peer, "verify", Public(_issuer), shown.Select(s => new JsonObject { ["text"] = s.text }));

        foreach (var ((_, ours), answer) in shown.Zip(answers)) AssertSame(ours, Claims(answer));
    }

    [Theory]
    [InlineData("@sd-jwt")]
    [InlineData("@meeco")]
    public async Task A_diploma_that_states_a_national_level_is_read_by_them_as_by_us(string peer)
    {
        var shared = JsonNode.Parse(File.ReadAllText(Checkout.Vector("accreditation/national.json")))!;
        var vectors = shared["vectors"]!.AsArray();

        var answers = await EachAsync(peer, "verify", shared["issuer"]!.DeepClone().AsObject(), vectors.Select(v => new JsonObject { ["text"] = (string)v!["text"]! }));

        Assert.Equal(10, answers.Count(answer => Claims(answer)["nqf_level"] is not null));
        foreach (var (vector, answer) in vectors.Zip(answers)) AssertSame(vector!["claims"]!.AsObject(), Claims(answer));
    }

    [Fact]
    public async Task Key_bindings_are_accepted_both_ways_and_refused_for_another_nonce()
    {
        var now = DateTimeOffset.UtcNow;
        var claims = new JsonObject { ["vct"] = "urn:example:tree:1", ["name"] = "Amina", ["cnf"] = new JsonObject { ["jwk"] = _holder.PublicKey.ToJson() } };
        var issued = SdJwtIssuer.Issue(new JsonObject { ["typ"] = "dc+sd-jwt" }, claims, [new ClaimPath("name")], _issuer, RandomNumberGenerator.Fill);
        Assert.True(SdJwtDocument.TryParse(issued, out var document, out _));
        var ours = SdJwtHolder.Present(document, [new ClaimPath("name")], new KeyBindingRequest("https://verifier.example", "n-1", now), _holder);

        var read = await EachAsync("@sd-jwt", "verify", Public(_issuer),
        [
            new JsonObject { ["text"] = ours, ["binding"] = new JsonObject { ["nonce"] = "n-1" } },
            new JsonObject { ["text"] = ours, ["binding"] = new JsonObject { ["nonce"] = "n-2" } },
        ]);
        Assert.Equal("https://verifier.example", (string?)read[0]["kb"]?["aud"]);
        Assert.NotNull(read[1]["refused"]);

        var theirs = (await EachAsync("@sd-jwt", "present", Private(_issuer),
        [
            new JsonObject
            {
                ["text"] = issued, ["show"] = new JsonObject { ["name"] = true }, ["holder"] = Private(_holder),
                ["binding"] = new JsonObject { ["aud"] = "https://verifier.example", ["nonce"] = "n-3", ["iat"] = now.ToUnixTimeSeconds() },
            },
        ]))[0];
        Assert.True(SdJwtDocument.TryParse((string?)theirs["text"], out var presented, out var reason), $"{reason} {theirs}");
        Assert.True(KeyBinding.TryVerify(presented, _holder.PublicKey, "n-3", "https://verifier.example", now, TimeSpan.FromMinutes(5), out reason), reason);
        Assert.False(KeyBinding.TryVerify(presented, _holder.PublicKey, "n-4", "https://verifier.example", now, TimeSpan.FromMinutes(5), out _));
    }

    [Theory]
    [InlineData("@sd-jwt", 7)]
    [InlineData("@meeco", 8)]
    public async Task Attack_a_changed_document_that_one_of_us_accepts_says_what_the_issuer_signed(string peer, int seed)
    {
        // We may be stricter than a peer, never more lenient in what is read: whatever both accept, both read alike.
        var random = new Random(seed);
        var changed = Trees(seed).Select(t =>
        {
            var text = Issue(t).ToCharArray();
            var at = random.Next(text.Length);
            text[at] = text[at] == 'A' ? 'B' : 'A';
            return new string(text);
        }).ToList();

        var answers = await EachAsync(peer, "verify", Public(_issuer), changed.Select(text => new JsonObject { ["text"] = text }));

        Assert.True(VerificationKey.TryImport(_issuer.PublicKey, out var key, out _));
        using (key)
        {
            foreach (var (text, answer) in changed.Zip(answers))
            {
                var accepted = SdJwtDocument.TryParse(text, out var document, out _) & (document?.Jwt.Verify(key) ?? false);
                JsonObject? claims = null;
                accepted = accepted && document!.TryProcess(out claims, out _);
                if (!accepted) continue;
                Assert.True(answer["refused"] is null, $"We accept what {peer} refuses ({answer["refused"]}): {text}");
                AssertSame(claims!, Claims(answer));
            }
        }
    }

    private static List<(JsonObject Claims, IReadOnlyList<ClaimPath> Selective, JsonObject Frame)> Trees(int seed)
    {
        var trees = new ClaimTrees(seed);
        return [.. Enumerable.Range(0, Documents).Select(_ => trees.Next())];
    }

    private string Issue((JsonObject Claims, IReadOnlyList<ClaimPath> Selective, JsonObject Frame) tree) =>
        SdJwtIssuer.Issue(new JsonObject { ["typ"] = "dc+sd-jwt" }, tree.Claims.DeepClone().AsObject(), tree.Selective, _issuer, RandomNumberGenerator.Fill, decoys: tree.Claims.Count % 3);

    private static async Task<IReadOnlyList<JsonObject>> EachAsync(string peer, string act, JsonObject key, IEnumerable<JsonObject> items)
    {
        var answer = await Peer.DoAsync("sdjwt.mjs", new JsonObject { ["do"] = "each", ["peer"] = peer, ["act"] = act, ["key"] = key, ["items"] = new JsonArray([.. items]) });
        return [.. answer["answers"]!.AsArray().Select(a => a!.AsObject())];
    }

    private static JsonObject Claims(JsonObject answer)
    {
        Assert.True(answer["refused"] is null, (string?)answer["refused"]);
        return answer["claims"]!.AsObject();
    }

    private static void AssertSame(JsonObject expected, JsonObject actual)
    {
        var (left, right) = (expected.DeepClone().AsObject(), actual.DeepClone().AsObject());
        right.Remove("_sd_alg");
        left.Remove("_sd_alg");
        Assert.True(JsonNode.DeepEquals(left, right), $"{left.ToJsonString()}\n{right.ToJsonString()}");
    }

    private static JsonObject Public(Es256Key key) => key.PublicKey.ToJson();

    private static JsonObject Private(Es256Key key)
    {
        var jwk = key.PublicKey.ToJson();
        jwk["d"] = Base64Url.Encode(key.Raw.ExportParameters(true).D!);
        return jwk;
    }
}
