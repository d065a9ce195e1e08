namespace Identity.Credentials.Jose;

/// <summary>Something that signs: a key in memory, in a file or in a device.</summary>
public interface ISigner
{
    /// <summary>"ES256" or "EdDSA".</summary>
    string Algorithm { get; }

    /// <summary>The key its signatures are checked with.</summary>
    Jwk PublicKey { get; }

    /// <summary>Signs the data itself (not a digest); 64 bytes: r ‖ s, or R ‖ S (RFC 7518 §3.4, RFC 8037 §3.1).</summary>
    byte[] Sign(ReadOnlySpan<byte> data);
}
