using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Verdicts;
using Identity.TestKit;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>
/// tests/vectors/verdict: compact proofs judged from a trust pack. The browser code (src/web/lib/verdict) must give the same verdicts. Signatures are random, so the
/// files are made once and kept: run with <c>IDENTITY_WRITE_VECTORS=verdict-reasons,verdict-others</c> to make those named anew after a change of the rules.
/// </summary>
public sealed class PackedVectorTests
{
    private static readonly string[] Files = ["reasons", "pairs", "others", "rolling", "paper"];
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void Vectors_are_written_when_asked()
    {
        var wanted = Environment.GetEnvironmentVariable("IDENTITY_WRITE_VECTORS")?.Split(',') ?? [];
        foreach (var (file, cases) in new (string, Func<IEnumerable<JsonObject>>)[]
        {
            ("reasons", PackedCases.Singles), ("pairs", PackedCases.Couples), ("others", PackedCases.Others), ("rolling", PackedCases.Rolling), ("paper", PackedCases.Papers),
        })
        {
            if (wanted.Contains("verdict-" + file)) Write(file, cases());
        }
    }

    [Fact]
    public void Every_verdict_comes_out_as_written()
    {
        foreach (var file in Files)
        {
            var read = Read(file);
            foreach (var one in read["cases"]!.AsArray().Select(c => c!.AsObject()))
            {
                var verdict = PackedScene.Judge(one, read["trusts"]![(int)one["trust"]!]!.AsObject());
                var name = $"{file}: {one["name"]}";
                Assert.True((string?)one["leads"] == Reasons.Name(verdict.Reason), $"{name} leads with {verdict.Reason}: {string.Join("; ", verdict.Checks)}");
                Assert.Equal(one["verdict"]!.ToJsonString(Readable), PackedScene.Shorten(VerdictJson.ToJson(verdict)).ToJsonString(Readable));
                Assert.Equal((string?)one["holder"], verdict.Facts.HolderThumbprint);
            }
        }
    }

    [Fact]
    public void Every_reason_a_compact_proof_can_give_has_its_vector_and_leads_in_the_order_of_precedence()
    {
        Assert.Equal(Enum.GetValues<ReasonCode>().Except(PackedCases.Never), PackedCases.Disturbances.Select(d => d.Reason));
        Assert.Equal(PackedCases.Disturbances.Select(d => Reasons.Name(d.Reason)), Names("reasons"));
        Assert.Equal(PackedCases.Pairs().Select(p => $"{Reasons.Name(p.First)} and {Reasons.Name(p.Second)}"), Names("pairs"));
    }

    [Fact]
    public void A_pack_agrees_with_the_ledger_about_a_diploma_in_order()
    {
        var scene = new Scene();
        var fromLedger = scene.Scan();
        var one = new PackedScene().Case("in order");

        Assert.Equal(Reasons.Name(fromLedger.Reason), (string?)one["verdict"]!["reason"]);
        Assert.Equal(["ledger", "recorded_in_time"], one["verdict"]!["checks"]!.AsArray().Where(c => (string?)c![1] != "passed").Select(c => (string)c![0]!));
        Assert.Null(one["verdict"]!["ledger"]);
    }

    private static IEnumerable<string> Names(string file) => Read(file)["cases"]!.AsArray().Select(c => (string)c!["name"]!);

    private static JsonObject Read(string file) => JsonNode.Parse(File.ReadAllText(Checkout.Vector($"verdict/{file}.json")))!.AsObject();

    /// <summary>One case to a line; trust data that several share are written once.</summary>
    private static void Write(string file, IEnumerable<JsonObject> cases)
    {
        var trusts = new List<string>();
        var lines = new List<string>();
        foreach (var one in cases)
        {
            var trust = one["trust"]!.ToJsonString(Readable);
            if (!trusts.Contains(trust)) trusts.Add(trust);
            one["trust"] = trusts.IndexOf(trust);
            lines.Add(one.ToJsonString(Readable));
        }

        const string About = "Compact proofs judged from trust data as a trust pack holds them. 'challenge' is what was asked, null where nothing was; 'otherValue' what a caller found who compared values; 'shown' that it was shown to a camera all the same; 'trust' counts in 'trusts'; 'leads' is the reason that must lead; checks are [name, result, evidence].";
        Directory.CreateDirectory(Checkout.Vector("verdict"));
        File.WriteAllText(Checkout.Vector($"verdict/{file}.json"), $"{{\"about\":\"{About}\",\n\"trusts\":[\n{string.Join(",\n", trusts)}\n],\n\"cases\":[\n{string.Join(",\n", lines)}\n]}}\n");
    }
}
