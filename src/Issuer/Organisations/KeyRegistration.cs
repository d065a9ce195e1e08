namespace Identity.Issuer.Organisations;

/// <summary>The registration of a signing key on the ledger: a memory of what was seen there. The ledger itself is the truth.</summary>
public sealed class KeyRegistration
{
    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>RFC 7638 thumbprint of the key, base64url.</summary>
    public required string Thumbprint { get; init; }

    /// <summary>When the key was first wanted on the ledger.</summary>
    public required DateTimeOffset WantedAt { get; init; }

    /// <summary>When it was last seen there, or null while it waits.</summary>
    public DateTimeOffset? RegisteredAt { get; set; }

    /// <summary>Transaction that registered it, 0x and hex.</summary>
    public string? Transaction { get; set; }

    /// <summary>Why it waits, in a sentence for the operator.</summary>
    public string? Waiting { get; set; }
}
