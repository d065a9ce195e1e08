using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Types;
using Identity.Ledger.Registry;

namespace Identity.Interop.Tests;

/// <summary>The whole way of a graduate whose college is gone and whose phone is lost.</summary>
public sealed class ClosedCollegeTests
{
    private static readonly string Qualification = TypeDefinition.Find("qualification")!.Vct;

    [Fact]
    public async Task College_closed_phone_lost()
    {
        await using var world = await ClosedCollege.StartAsync();
        var college = await world.IssuerAsync(ClosedCollege.College, "Port Selin Technical College", OrganisationRoles.Issuer);
        var ministry = await world.IssuerAsync(ClosedCollege.Ministry, "Talmara Ministry of Education", OrganisationRoles.Issuer | OrganisationRoles.Depositary);
        await world.GrantAsync(college, new Scope([Qualification]));
        var (witness, first) = await world.VerifierAsync("witness");

        // Amina has two copies on her phone, each with a code to show, and a paper.
        using var clerk = college.As(college.ClerkKey);
        var prepared = await clerk.PostAsync($"/api/{ClosedCollege.College}/credentials", new JsonObject { ["type"] = "qualification", ["reference"] = "D-1", ["claims"] = Product.Diploma() }, default);
        var old = await ClosedCollege.CollectAsync(prepared["offer"]!, 2);
        Assert.Equal("valid", Outcome(await ClosedCollege.CheckAsync(first, old[0], v => Outcome(v) == "valid")));

        // The college closes, hands over, and is gone with everything that it had.
        using (var admin = college.As(await college.TypeAsync("create-api-key", ClosedCollege.College, "office", "admin")))
        using (var approver = college.As(college.ApproverKey))
        {
            var asked = await admin.PostAsync($"/api/{ClosedCollege.College}/closing", new JsonObject { ["word"] = ClosedCollege.College, ["notice"] = "The college closes.", ["depositary"] = ministry.Id }, default);
            await approver.PostAsync($"/api/{ClosedCollege.College}/closing/decision", new JsonObject { ["word"] = ClosedCollege.College, ["asked"] = (int)asked["asked"]!, ["agree"] = true }, default);
            var closing = await ClosedCollege.UntilAsync(() => admin.GetAsync($"/api/{ClosedCollege.College}/closing", default), c => string.Equals((string?)c["state"], "done", StringComparison.OrdinalIgnoreCase));
            Assert.Equal("done", (string?)closing["state"], ignoreCase: true);
        }
        var (keyFile, file) = (Path.Combine(ministry.Folder, "ministry.jwk"), Path.Combine(ministry.Folder, "college.handover"));
        await File.WriteAllTextAsync(keyFile, await ministry.TypeAsync("deposit-key", ClosedCollege.Ministry));
        Assert.Contains("Written", await college.TypeAsync("hand-over", ClosedCollege.College, "--to", keyFile, "--out", file), StringComparison.Ordinal);
        var last = await ClosedCollege.CheckAsync(first, old[0], IsValidAsOf);
        Assert.True(IsValidAsOf(last), last.ToJsonString());
        await world.StopAsync(college.App);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(college.Folder, recursive: true);

        // Somebody who never heard of the college: valid as of the day of its last list, from what others keep.
        var (_, fresh) = await world.VerifierAsync("fresh", witness.Urls.First());
        var asOf = await ClosedCollege.CheckAsync(fresh, old[0], IsValidAsOf);
        Assert.True(IsValidAsOf(asOf), asOf.ToJsonString());

        // The ministry takes over; the authority above the college confirms it, and it accepts.
        Assert.Contains("Taken over: 1 records and 5 copies", await ministry.TypeAsync("take-over", file, "--as", ClosedCollege.Ministry), StringComparison.Ordinal);
        await world.ConfirmAsync(college, ministry);
        using var office = ministry.As(await ministry.TypeAsync("create-api-key", ClosedCollege.Ministry, "office", "admin"));
        await office.PostAsync($"/api/{ClosedCollege.Ministry}/deposits/{college.Id}/acceptance", new JsonObject { ["word"] = ClosedCollege.Ministry }, default);
        Assert.NotNull((await ClosedCollege.UntilAsync(() => world.Registry.FindClosingAsync(college.Organisation.Profile.Id()), c => c?.AcceptedAt is not null))!.AcceptedAt);
        await world.GrantAsync(ministry, new Scope([Qualification], OnBehalfOf: [college.Id]));

        // The phone is lost. At the counter the diploma is issued again; the old copies end.
        using var counter = ministry.As(ministry.ClerkKey);
        var records = await counter.GetAsync($"/api/{ClosedCollege.Ministry}/deposits/{college.Id}/credentials?search=amina", default);
        var record = (string)Assert.Single(records["items"]!.AsArray())!["id"]!;
        var path = $"/api/{ClosedCollege.Ministry}/deposits/{college.Id}/credentials/{record}/reissue";
        var renewed = Assert.Single(await ClosedCollege.CollectAsync((await counter.PostAsync(path, [], default))["offer"]!, 1));

        foreach (var verifier in new[] { first, fresh })
        {
            foreach (var copy in old)
            {
                var ended = await ClosedCollege.CheckAsync(verifier, copy, IsRevoked);
                Assert.True(IsRevoked(ended), ended.ToJsonString());
            }
            var verdict = await ClosedCollege.CheckAsync(verifier, renewed, v => Outcome(v) == "valid");
            Assert.True(Outcome(verdict) == "valid", verdict.ToJsonString());
            Assert.Equal((college.Id, "Port Selin Technical College", true), ((string?)verdict["reissued"]!["original"], (string?)verdict["reissued"]!["name"], (bool)verdict["reissued"]!["entitled"]!));
            Assert.Equal(["Talmara Accreditation Authority", "Talmara Ministry of Education"], verdict["entitlement"]!["chain"]!.AsArray().Select(link => (string)link!["name"]!));
        }
    }

    private static string Outcome(JsonObject verdict) => (string)verdict["outcome"]!;

    private static bool IsRevoked(JsonObject verdict) => (string?)verdict["reason"] == "revoked";

    // A verifier that has begun to read the ledger cannot tell before it has read it once.
    private static bool IsValidAsOf(JsonObject verdict) => Outcome(verdict) == "valid" && verdict["closing"] is JsonObject closing && closing["final"]?.GetValue<bool>() == true;
}
