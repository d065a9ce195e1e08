using System.Net;
using System.Text.Json.Nodes;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>Identity credentials of the ministry, which two people give.</summary>
internal static class Persons
{
    public static JsonObject Person() => new() { ["full_name"] = "Amina Okoye-Reyes", ["birth_date"] = "1995", ["assurance"] = "document-checked", ["issuing_country"] = "XT" };

    public static string Id(JsonObject prepared) => prepared["id"]!.GetValue<string>();

    public static Task<JsonObject> PreparePerson(this IssuerFixture issuer) => issuer.Prepare(Person(), Ministry, "person");

    // An approver sees no offer; whoever hands over reads it.
    public static async Task<JsonObject> ApprovedPerson(this IssuerFixture issuer, string id)
    {
        Assert.Equal(HttpStatusCode.OK, (await issuer.Approve(Ministry, id)).StatusCode);
        return await Json(await issuer.Api(HttpMethod.Get, Ministry, "/" + id));
    }

    public static async Task<string> StateOf(this IssuerFixture issuer, string organisation, string id) =>
        (await Json(await issuer.Api(HttpMethod.Get, organisation, "/" + id)))["state"]!.GetValue<string>();

    public static async Task<string> KeyOfBothAsync(this IssuerFixture issuer)
    {
        var key = Management.ApiKeys.Create();
        await issuer.InDb(async db =>
        {
            await Management.ApiKeys.AddAsync(db, key, Ministry, "both", Data.StaffRoles.Clerk | Data.StaffRoles.Approver, issuer.Clock.GetUtcNow());
            return await db.SaveChangesAsync();
        });
        return key;
    }
}
