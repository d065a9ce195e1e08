using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Host.Journey;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Questions of everybody who may ask, and of some who may not: face to face (<c>IDC:</c>), and by link.</summary>
internal static class Questions
{
    private static readonly TypeDefinition Qualification = TypeDefinition.Find("qualification")!;

    /// <summary>The public page, for a diploma.</summary>
    public static Task<string> OfThePageAsync(Surroundings surroundings) => AskAsync(surroundings, "challenges", new JsonObject { ["template"] = "diploma" }, "text");

    /// <summary>The same by link.</summary>
    public static Task<string> LinkOfThePageAsync(Surroundings surroundings) => AskAsync(surroundings, "requests", new JsonObject { ["template"] = "diploma", ["flow"] = "cross_device" }, "link");

    /// <summary>The registered desk of Harbour Yard, within its registration.</summary>
    public static Task<string> OfTheDeskAsync(Surroundings surroundings) => AskAsync(surroundings, "desk/challenges",
        new JsonObject { ["purpose_id"] = "welder", ["type"] = "qualification", ["required"] = new JsonArray("holder_name", "title") }, "text", surroundings.Stack.DeskKey);

    /// <summary>A registered agency that asks for more than it is registered for.</summary>
    public static string OfTheAgency(Surroundings surroundings, string more = "holder_name") => Signed("Sunline Recruitment", surroundings.Stack.Agency, ["title", more]);

    /// <summary>Somebody whom nobody registered.</summary>
    public static string OfAStranger()
    {
        using var key = Es256Key.Create();
        return Signed("Ministry of Everything", key, ["title"]);
    }

    private static async Task<string> AskAsync(Surroundings surroundings, string path, JsonObject question, string member, string? key = null)
    {
        using var verifier = new Api(surroundings.Options.VerifierUrl, key);
        return (string)(await verifier.PostAsync($"/api/{path}", question, CancellationToken.None))[member]!;
    }

    private static string Signed(string name, Es256Key key, IReadOnlyList<string> claims) => CompactChallenge.Create(
        RandomNumberGenerator.GetBytes(16), DateTimeOffset.UtcNow.ToUnixTimeSeconds(), Qualification.Vct, [.. claims.Select(claim => Qualification.Claim(claim)!.Key)], [], "To propose a job", name, key, "title").Text;
}
