using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Host.Journey;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Questions that a desk puts face to face (<c>IDC:</c>), of everybody who may ask, and of some who may not.</summary>
internal static class Challenges
{
    private static readonly TypeDefinition Qualification = TypeDefinition.Find("qualification")!;

    /// <summary>The registered desk of Harbour Yard, within its registration.</summary>
    public static async Task<string> OfTheDeskAsync(Surroundings surroundings)
    {
        using var desk = new Api(surroundings.Options.VerifierUrl, surroundings.Stack.DeskKey);
        return (string)(await desk.PostAsync("/api/desk/challenges", new JsonObject { ["purpose_id"] = "welder", ["type"] = "qualification", ["required"] = new JsonArray("holder_name", "title") }, CancellationToken.None))["text"]!;
    }

    /// <summary>A registered agency that asks for more than it is registered for.</summary>
    public static string OfTheAgency(Surroundings surroundings) => Signed("Sunline Recruitment", surroundings.Stack.Agency, ["title", "holder_name"]);

    /// <summary>Somebody whom nobody registered.</summary>
    public static string OfAStranger()
    {
        using var key = Es256Key.Create();
        return Signed("Ministry of Everything", key, ["title"]);
    }

    private static string Signed(string name, Es256Key key, IReadOnlyList<string> claims) => CompactChallenge.Create(
        RandomNumberGenerator.GetBytes(16), DateTimeOffset.UtcNow.ToUnixTimeSeconds(), Qualification.Vct, [.. claims.Select(claim => Qualification.Claim(claim)!.Key)], [], "To propose a job", name, key, "title").Text;
}
