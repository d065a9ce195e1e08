using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Issuer.Issuance;

/// <summary>A wallet waits for a credential that somebody has to agree to (OpenID4VCI 1.0, 9): what it proved, kept until it can be signed.</summary>
public sealed class DeferredIssue
{
    /// <summary>What wallets are told to wait between two questions.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>SHA-256 of the <c>transaction_id</c>.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>The offer it was asked for with.</summary>
    public required string OfferId { get; init; }

    /// <summary>The credential.</summary>
    public required string CredentialId { get; init; }

    /// <summary>Format identifier.</summary>
    public required string Format { get; init; }

    /// <summary>The public keys that the wallet proved, a JSON array in the order of the proofs.</summary>
    public required string KeysJson { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the wallet got it; the <c>transaction_id</c> is worth nothing afterwards.</summary>
    public DateTimeOffset? DeliveredAt { get; private set; }

    /// <summary>Rises with each change; of two deliveries at once one wins.</summary>
    public int Version { get; private set; }

    /// <summary>The keys.</summary>
    public IReadOnlyList<Jwk> Keys() => [.. JsonNode.Parse(KeysJson)!.AsArray().Select(k => Jwk.TryParse(k, out var key, out var reason) ? key : throw new InvalidOperationException($"A stored key: {reason}."))];

    /// <summary>The wallet gets it now.</summary>
    public void Deliver(DateTimeOffset now)
    {
        DeliveredAt = now;
        Version++;
    }
}
