using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Types;
using Identity.Host.Journey;
using Identity.Ledger.Registry;
using Identity.Tests.Shared;
using Identity.Verifier.CommandLine;

namespace Identity.Interop.Tests;

/// <summary>Everything that an organisation issued, as its own service exports it: what another makes of it, and what becomes of it when every server is gone.</summary>
public sealed class ExportTests
{
    private static readonly string Qualification = TypeDefinition.Find("qualification")!.Vct;

    [Fact]
    public async Task An_export_is_what_a_verifier_would_make_and_by_it_alone_a_diploma_verifies_when_every_server_is_gone()
    {
        var folder = Directory.CreateTempSubdirectory("identity-export-").FullName;
        string At(string name) => Path.Combine(folder, name);
        string kept, revoked;
        await using (var world = await ClosedCollege.StartAsync(isSealed: true))
        {
            var college = await world.IssuerAsync(ClosedCollege.College, "Port Selin Technical College", OrganisationRoles.Issuer);
            await world.GrantAsync(college, new Scope([Qualification]));
            var (verifier, api) = await world.VerifierAsync("verifier");
            using var clerk = college.As(college.ClerkKey);
            async Task<(string Id, string Credential)> IssueAsync(string reference)
            {
                var prepared = await clerk.PostAsync($"/api/{ClosedCollege.College}/credentials", new JsonObject { ["type"] = "qualification", ["reference"] = reference, ["claims"] = Product.Diploma() }, default);
                return ((string)prepared["id"]!, (await ClosedCollege.CollectAsync(prepared["offer"]!, 1))[0]);
            }
            kept = (await IssueAsync("File-4711")).Credential;
            var ended = await IssueAsync("File-4712");
            revoked = ended.Credential;
            await clerk.PostAsync($"/api/{ClosedCollege.College}/credentials/{ended.Id}/revocation", new JsonObject { ["code"] = "issued_in_error" }, default);
            Assert.Equal("valid", Outcome(await ClosedCollege.CheckAsync(api, kept, v => Outcome(v) == "valid")));
            Assert.Equal("revoked", (string?)(await ClosedCollege.CheckAsync(api, revoked, v => (string?)v["reason"] == "revoked"))["reason"]);

            // Both at rest: what the service exports and what the Verifier's command makes for the same organisation are the same, member for member.
            var key = await college.TypeAsync("create-api-key", ClosedCollege.College, "office", "admin");
            using var admin = college.As(key);
            var (own, others) = await ClosedCollege.UntilAsync(async () =>
            {
                await ExportAsync(admin, college, key, At("college.idexit"));
                Assert.Equal(0, await ExitBundleCommand.RunAsync(["exit-bundle", "--organisation", college.Id, "--data", Path.Combine(Path.GetDirectoryName(college.Folder)!, "verifier"), "--validators", world.Validators, "--out", At("verifier.idexit")], TextWriter.Null, TextWriter.Null));
                return (Members(At("college.idexit")), Members(At("verifier.idexit")));
            }, made => made.Item1.Keys.SequenceEqual(made.Item2.Keys) && made.Item1.All(member => member.Key == "manifest.json" || member.Value.AsSpan().SequenceEqual(made.Item2[member.Key])));
            Assert.Equal(others.Keys, own.Keys);
            foreach (var (name, content) in own.Where(member => member.Key != "manifest.json")) Assert.True(content.AsSpan().SequenceEqual(others[name]), name);
            Assert.Equal(Without(others["manifest.json"]), Without(own["manifest.json"]));
            // Nobody is named in it, and nothing of a credential but its fingerprint.
            var everything = string.Concat(own.Values.Select(Encoding.UTF8.GetString));
            foreach (var secret in new[] { "Amina", "Okoye", "أمينة", "Welding", "File-471", "office", "staff:", kept.Split('~')[0].Split('.')[1][..40], key }) Assert.DoesNotContain(secret, everything, StringComparison.OrdinalIgnoreCase);
            await world.StopAsync(verifier);
            File.Copy(world.Validators, At("validators.json"));
        }

        // On another machine, years later.
        var told = new StringWriter();
        Assert.True(await ImportCommand.RunAsync(["import", At("college.idexit"), "--data", At("archive"), "--validators", At("validators.json")], told, told) == 0, told.ToString());
        await File.WriteAllTextAsync(At("kept"), kept);
        await File.WriteAllTextAsync(At("revoked"), revoked);
        Assert.Equal(0, await VerifyCommand.RunAsync(["verify", At("kept"), "--data", At("archive")], told, told, TextReader.Null));
        Assert.Equal(1, await VerifyCommand.RunAsync(["verify", At("revoked"), "--data", At("archive")], told, told, TextReader.Null));
        Assert.Contains("Proven against the validators of A network of a test", told.ToString(), StringComparison.Ordinal);
        Assert.Contains("revoked", told.ToString(), StringComparison.OrdinalIgnoreCase);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task ExportAsync(Api admin, Service service, string key, string path)
    {
        var slug = service.Organisation.Slug;
        await admin.PostAsync($"/api/{slug}/export", [], default);
        var made = await ClosedCollege.UntilAsync(() => admin.GetAsync($"/api/{slug}/export", default), view => (string?)view["state"] is "Made" or "made" or "Failed" or "failed");
        Assert.True(string.Equals((string?)made["state"], "made", StringComparison.OrdinalIgnoreCase), made.ToJsonString());
        Assert.Equal((true, "A network of a test"), ((bool)made["file"]!["proven"]!, (string?)made["file"]!["validators"]));
        using var http = new HttpClient { BaseAddress = new Uri(service.Url), DefaultRequestHeaders = { { "X-Api-Key", key } } };
        var file = await http.GetByteArrayAsync($"/api/{slug}/export/file");
        Assert.Equal(((long)made["file"]!["size"]!, (string)made["file"]!["sha256"]!), (file.LongLength, Convert.ToHexStringLower(SHA256.HashData(file))));
        await File.WriteAllBytesAsync(path, file);
    }

    private static string Outcome(JsonObject verdict) => (string)verdict["outcome"]!;

    // Two clocks read it at two times.
    private static string Without(byte[] manifest)
    {
        var json = JsonNode.Parse(manifest)!.AsObject();
        json.Remove("madeAt");
        return json.ToJsonString();
    }

    private static SortedDictionary<string, byte[]> Members(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        var members = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            using var body = entry.Open();
            using var content = new MemoryStream();
            body.CopyTo(content);
            members[entry.FullName] = content.ToArray();
        }
        return members;
    }
}
