using System.Text.Json.Nodes;

namespace Identity.Credentials.SdJwt;

/// <summary>One disclosure of an SD-JWT (RFC 9901 §4.2), read from its text.</summary>
/// <param name="Encoded">The base64url text: what is hashed.</param>
/// <param name="Digest">Base64url of the hash of the text, by the SD-JWT's own `_sd_alg`.</param>
/// <param name="Name">The member's name; null for an element of an array.</param>
/// <param name="Value">The value: may itself hold digests.</param>
public sealed record Disclosure(string Encoded, string Digest, string? Name, JsonNode? Value);
