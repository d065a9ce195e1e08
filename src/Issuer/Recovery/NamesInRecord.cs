using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Recovery;

namespace Identity.Issuer.Recovery;

/// <summary>The holder's names and date of birth in the claims of a record, as they are compared with a document.</summary>
internal static class NamesInRecord
{
    /// <summary>Every name of the holder that is in Latin letters, in canonical form, and the date of birth where the type has one.</summary>
    public static (IReadOnlyCollection<string> Names, string? Birth) Of(JsonObject claims)
    {
        string? Text(string claim) => StrictJson.Text(claims[claim]);
        var whole = new[] { "full_name", "holder_name", "full_name_native", "holder_name_native" }.Select(Text).OfType<string>().Select(name => DocumentName.Canonical(name));
        // Given name and family name are one name; each alone is the person's name only where there is no other.
        var parts = (Text("full_name") ?? Text("holder_name")) is not null && (Text("family_name") is null || Text("given_name") is null) ? null : DocumentName.Canonical(Text("family_name"), Text("given_name"));
        return ([.. whole.Append(parts).OfType<string>().Distinct()], Text("birth_date"));
    }
}
