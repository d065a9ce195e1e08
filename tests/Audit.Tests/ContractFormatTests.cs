using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Contracts;
using Identity.Credentials.Jose;
using Identity.TestKit;

namespace Identity.Audit.Tests;

/// <summary>The vectors under tests/vectors/contract bind this library and the wallet's page to the same bytes. Run with IDENTITY_WRITE_VECTORS=1 to write them anew.</summary>
public sealed class ContractFormatTests
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void Records_have_the_canonical_form_and_commitment_of_the_vectors()
    {
        var file = Load("records", WriteRecords);
        Assert.NotEmpty(file);
        foreach (var vector in file.Select(v => v!.AsObject()))
        {
            var read = ContractRecord.TryRead(vector["record"]!.AsObject(), out var record, out var reason);
            Assert.True(read == ((string?)vector["expected"] == "accept"), $"{vector["name"]}: {reason}");
            if (!read) { Assert.Equal((string?)vector["reason"], reason); continue; }
            Assert.True(Jwk.TryParse(vector["key"], out var key, out _));
            Assert.Equal((string?)vector["canonical"], record!.Canonical);
            Assert.Equal((string?)vector["commitment"], Convert.ToHexStringLower(record.Commitment(Convert.FromHexString((string)vector["salt"]!), key)));
        }
    }

    [Fact]
    public void Comparisons_come_out_as_in_the_vectors()
    {
        var file = Load("comparisons", WriteComparisons);
        Assert.NotEmpty(file);
        foreach (var vector in file.Select(v => v!.AsObject()))
        {
            var comparison = ContractComparison.Of(Read(vector["one"]!.AsObject()), Read(vector["other"]!.AsObject()));
            Assert.Equal(vector["result"]!.ToJsonString(), Identity.Audit.Findings.MakeFinding.Describe(comparison).ToJsonString());
        }
    }

    [Fact]
    public void The_same_terms_with_another_salt_or_key_have_another_commitment()
    {
        var record = Terms.Record("offer");
        using var key = Es256Key.Create();
        using var other = Es256Key.Create();
        var salt = RandomNumberGenerator.GetBytes(32);

        Assert.Equal(record.Commitment(salt, key.PublicKey), record.Commitment(salt, key.PublicKey));
        Assert.NotEqual(record.Commitment(salt, key.PublicKey), record.Commitment(salt, other.PublicKey));
        Assert.NotEqual(record.Commitment(salt, key.PublicKey), record.Commitment(RandomNumberGenerator.GetBytes(32), key.PublicKey));
        Assert.Throws<ArgumentException>(() => record.Commitment(new byte[8], key.PublicKey));
    }

    private static ContractRecord Read(JsonObject json)
    {
        Assert.True(ContractRecord.TryRead(json, out var record, out var reason), reason);
        return record;
    }

    private static JsonArray Load(string name, Func<JsonArray> write)
    {
        var path = Checkout.Vector($"contract/{name}.json");
        if (Environment.GetEnvironmentVariable("IDENTITY_WRITE_VECTORS") == "1") File.WriteAllText(path, write().ToJsonString(Layout) + "\n");
        return JsonNode.Parse(File.ReadAllText(path))!.AsArray();
    }

    private static JsonArray WriteRecords()
    {
        using var key = Es256Key.Create();
        var vectors = new JsonArray();
        void Add(string name, Action<JsonObject> change)
        {
            var json = Terms.Record("offer").ToJson();
            change(json);
            var salt = RandomNumberGenerator.GetBytes(32);
            var read = ContractRecord.TryRead(json, out var record, out var reason);
            var vector = new JsonObject { ["name"] = name, ["expected"] = read ? "accept" : "refuse", ["record"] = json };
            if (read)
            {
                vector["salt"] = Convert.ToHexStringLower(salt);
                vector["key"] = key.PublicKey.ToJson();
                vector["canonical"] = record!.Canonical;
                vector["commitment"] = Convert.ToHexStringLower(record.Commitment(salt, key.PublicKey));
            }
            else vector["reason"] = reason;
            vectors.Add((JsonNode)vector);
        }
        Add("plain", _ => { });
        Add("least", j => { foreach (var n in j.Select(m => m.Key).Where(n => n is not ("format" or "stage" or "given_by" or "site")).ToList()) j.Remove(n); });
        Add("other scripts, quotes and backslash", j => { j["employer"] = "مصنع \"١٤\" \\ Nähwerk 縫製"; j["job"] = "Näherin — 🧵"; });
        Add("line separator", j => j["job"] = "a\u2028b");
        Add("partial dates", j => { j["given_on"] = "2026"; j["start"] = "2026-03"; });
        Add("decimals", j => { j["overtime_rate"] = "1.25"; j["wage"] = "999999999.999"; });
        Add("five digits in a text", j => j["employer"] = "Plant 12345");
        Add("a phone number in a text", j => j["employer"] = "Ask 0551 234 567");
        Add("a document number in Arabic digits", j => j["job"] = "جواز ٠١٢٣٤٥");
        Add("unknown member", j => j["worker_name"] = "A");
        Add("number instead of text", j => j["wage"] = 450);
        Add("no site", j => j.Remove("site"));
        Add("another format", j => j["format"] = "identity-contract-2");
        Add("trailing zeros", j => j["wage"] = "450.00");
        Add("leading zero", j => j["wage"] = "0450");
        Add("negative", j => j["wage"] = "-1");
        Add("Arabic digits in an amount", j => j["wage"] = "٤٥٠");
        Add("line break after an amount", j => j["wage"] = "450\n");
        Add("unknown choice", j => j["stage"] = "later");
        Add("a day that is none", j => j["given_on"] = "2026-02-30");
        Add("lower-case currency", j => j["wage_currency"] = "xnd");
        Add("control character", j => j["job"] = "a\u0007b");
        Add("writing-direction mark", j => j["job"] = "a\u202eb");
        Add("leading space", j => j["job"] = " a");
        Add("too long", j => j["job"] = new string('x', 121));
        Add("empty text", j => j["job"] = "");
        Add("small letters in a site", j => j["site"] = "site-14");
        return vectors;
    }

    private static JsonArray WriteComparisons()
    {
        var vectors = new JsonArray();
        void Add(string name, Action<Dictionary<string, string>> change, string stage = "arrival", Action<Dictionary<string, string>>? first = null)
        {
            var (one, other) = (Terms.Record("offer", change: first), Terms.Record(stage, change: t => { (t["given_by"], t["given_on"]) = ("agency", "2026-04-02"); first?.Invoke(t); change(t); }));
            vectors.Add((JsonNode)new JsonObject
            {
                ["name"] = name, ["one"] = other.ToJson(), ["other"] = one.ToJson(), ["result"] = Identity.Audit.Findings.MakeFinding.Describe(ContractComparison.Of(other, one)),
            });
        }
        Add("same", _ => { });
        Add("lower wage", t => t["wage"] = "380");
        Add("higher wage", t => t["wage"] = "500");
        Add("same wage, longer hours", t => t["hours_per_day"] = "10");
        Add("monthly wage told by the day, equal per hour within a rounding", t => (t["wage"], t["wage_period"]) = ("17.307", "day"));
        Add("other currency", t => t["wage_currency"] = "XTD");
        Add("by the piece", t => t["wage_period"] = "piece");
        Add("a fee where none was", t => t["fees"] = "600");
        Add("a fee where nothing was said", t => t["fees"] = "600", first: t => { t.Remove("fees"); t.Remove("fees_currency"); });
        Add("nothing said of a zero fee", t => { t.Remove("fees"); t.Remove("fees_currency"); });
        Add("a fee in another currency", t => (t["fees"], t["fees_currency"]) = ("20", "XTD"), first: t => t["fees"] = "600");
        Add("housing to be paid", t => t["housing"] = "worker_pays");
        Add("passport with the employer", t => t["documents"] = "employer");
        Add("passport from the agency to the employer", t => t["documents"] = "employer", first: t => t["documents"] = "agency");
        Add("another employer and job", t => (t["employer"], t["job"]) = ("Other Garments", "Cleaner"));
        Add("housing not said any more", t => t.Remove("housing"));
        Add("a later start", t => t["start"] = "2026-06-01", first: t => t["start"] = "2026-05-01");
        Add("a start within the year that was said", t => t["start"] = "2026-06-01", first: t => t["start"] = "2026");
        Add("two offers, no later stage", t => t["wage"] = "380", stage: "offer");
        Add("less overtime pay, more leave", t => (t["overtime_rate"], t["leave_days"]) = ("1.25", "21"), first: t => (t["overtime_rate"], t["leave_days"]) = ("1.5", "14"));
        Add("deductions begin", t => t["deductions"] = "35.5");
        return vectors;
    }
}
