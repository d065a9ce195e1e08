using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Issuer.Authorization;
using Identity.Issuer.Organisations;

namespace Identity.Issuer.Issuance;

/// <summary>An error of the credential endpoint (OpenID4VCI 1.0, 8.3.1). The status is 400 unless the token is at fault.</summary>
internal sealed record RequestError(string Code, string Description)
{
    public static RequestError Malformed(string description) => new("invalid_credential_request", description);

    public static RequestError Proof(string description) => new("invalid_proof", description);
}

/// <summary>A credential request that has the form of the specification; its proofs are not yet checked.</summary>
internal sealed record CredentialRequest(TypeDefinition Type, string Format, string ConfigurationId, IReadOnlyList<string> Proofs, ResponseEncryption? Encryption)
{
    /// <summary>Reads a request (8.2); null and an error where it breaks a rule.</summary>
    public static CredentialRequest? Read(JsonObject json, bool encrypted, Organisation organisation, AccessToken token, out RequestError? error)
    {
        var encryption = MessageEncryption.Read(json, encrypted, out error);
        if (error is not null) return null;
        if (Configuration(json, organisation, token, out error) is not var (type, format, id)) return null;
        // A paper is bound to no key: proofs that come along prove nothing about it.
        if (format == Configurations.PaperFormat) return new CredentialRequest(type, format, id, [], encryption);
        if (Proof(json, out error) is not { } proofs) return null;
        return new CredentialRequest(type, format, id, proofs, encryption);
    }

    private static (TypeDefinition, string, string)? Configuration(JsonObject json, Organisation organisation, AccessToken token, out RequestError? error)
    {
        var identifier = json["credential_identifier"];
        var configuration = json["credential_configuration_id"];
        error = (identifier, configuration) switch
        {
            (not null, not null) => RequestError.Malformed("Give credential_configuration_id or credential_identifier, not both."),
            (null, null) => RequestError.Malformed("credential_configuration_id is missing."),
            (not null, null) when StrictJson.Text(identifier) is null => RequestError.Malformed("credential_identifier must be a text."),
            (null, not null) when StrictJson.Text(configuration) is null => RequestError.Malformed("credential_configuration_id must be a text."),
            // 8.2: the token answer decides which of the two is used.
            (null, not null) when token.ByIdentifier => RequestError.Malformed("The token answer named credential identifiers; use credential_identifier."),
            (not null, null) when !token.ByIdentifier => new RequestError("unknown_credential_identifier", "The token answer named no credential identifiers; use credential_configuration_id."),
            _ => null,
        };
        if (error is not null) return null;
        var id = identifier is null ? StrictJson.Text(configuration)! : FindIdentifier(StrictJson.Text(identifier)!, token);
        if (id is not null && Configurations.TryFind(organisation, id, out var type, out var format)) return (type, format, id);
        error = identifier is null
            ? new RequestError("unknown_credential_configuration", "The issuer metadata names no such credential configuration.")
            : new RequestError("unknown_credential_identifier", "The token answer named no such credential identifier.");
        return null;
    }

    private static string? FindIdentifier(string identifier, AccessToken token) =>
        token.Configurations?.Split(' ').FirstOrDefault(id => AccessToken.Identifier(id, token.CredentialId) == identifier);

    private static IReadOnlyList<string>? Proof(JsonObject json, out RequestError? error)
    {
        error = null;
        if (json["proofs"] is not JsonObject proofs)
            error = RequestError.Proof(json.ContainsKey("proof") ? "The member proof is of an old draft; send proofs." : "proofs is missing or not an object.");
        else if (proofs.Count != 1)
            error = RequestError.Proof("proofs must hold exactly one proof type.");
        else if (proofs["jwt"] is not JsonArray { Count: > 0 } items)
            error = RequestError.Proof("proofs must hold a non-empty array jwt.");
        else if (items.Count > Configurations.BatchSize)
            error = RequestError.Proof($"At most {Configurations.BatchSize} proofs in one request.");
        else if (items.Select(StrictJson.Text).ToList() is var texts && texts.Contains(null))
            error = RequestError.Proof("Each proof must be a text.");
        else
            return texts!;
        return null;
    }
}
