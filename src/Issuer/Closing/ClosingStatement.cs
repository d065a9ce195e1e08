using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Issuer.Closing;

/// <summary>
/// What an organisation says as the last thing: canonical JSON (RFC 8785), whose SHA-256 stands in the registry and whose text in its event.
/// <code>{"contact":"…","lists":[{"entry":"64 hex","uri":"…"}],"notice":{"en":"…"},"organisation":"64 hex","v":1}</code>
/// An entry is that of the final status list token in the log: a list that is not named here is not the last one.
/// </summary>
internal static class ClosingStatement
{
    /// <summary>The most bytes that the contract takes.</summary>
    public const int MaxBytes = 16_384;

    public static string Write(byte[] organisation, IEnumerable<(string Uri, byte[] Entry)> lists, string notice, string? contact)
    {
        var json = new JsonObject
        {
            ["v"] = 1,
            ["organisation"] = Convert.ToHexStringLower(organisation),
            ["lists"] = new JsonArray([.. lists.Select(l => (JsonNode)new JsonObject { ["uri"] = l.Uri, ["entry"] = Convert.ToHexStringLower(l.Entry) })]),
            ["notice"] = new JsonObject { ["en"] = notice },
        };
        if (contact is not null) json["contact"] = contact;
        return CanonicalJson.Write(json);
    }

    /// <summary>Its length as the contract counts it.</summary>
    public static int BytesOf(string statement) => Encoding.UTF8.GetByteCount(statement);
}
