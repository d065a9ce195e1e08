using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Identity.Credentials.Jose;

/// <summary>The certificate chain of a JOSE header (`x5c`, RFC 7515 §4.1.6; chain rules of HAIP 1.0 and RFC 5280).</summary>
public static class X5c
{
    private const int MaxCertificates = 6;
    private const int MaxCharacters = 12_000;

    /// <summary>The header's value: standard base64 of each certificate, leaf first.</summary>
    public static JsonArray ToJson(IEnumerable<X509Certificate2> chain) =>
        new(chain.Select(certificate => (JsonNode?)JsonValue.Create(Convert.ToBase64String(certificate.RawData))).ToArray());

    /// <summary>Reads one to six certificates, leaf first; false with a reason for anything else. The caller disposes of them.</summary>
    public static bool TryParse(JsonNode? json, [NotNullWhen(true)] out IReadOnlyList<X509Certificate2>? chain, out string reason)
    {
        chain = null;
        reason = "x5c is not a list of one to six certificates";
        if (json is not JsonArray { Count: >= 1 and <= MaxCertificates } items) return false;
        var certificates = new List<X509Certificate2>();
        foreach (var item in items)
        {
            if (TryCertificate(StrictJson.Text(item)) is { } certificate) { certificates.Add(certificate); continue; }
            certificates.ForEach(c => c.Dispose());
            reason = "x5c holds something that is not a certificate";
            return false;
        }
        chain = certificates;
        reason = "";
        return true;
    }

    /// <summary>
    /// Follows the chain to one of the anchors as of a time: every certificate in order and within its dates, every issuer allowed to issue,
    /// the leaf not self-signed and allowed to sign, the anchor itself not part of the list. Fetches nothing and checks no revocation.
    /// </summary>
    public static bool TryValidate(IReadOnlyList<X509Certificate2> chain, IReadOnlyCollection<X509Certificate2> anchors, DateTimeOffset at, out string reason)
    {
        try
        {
            return IsValid(chain, anchors, at, out reason);
        }
        catch (CryptographicException)
        {
            return Refuse("x5c_unreadable", out reason); // the framework reads dates, names and extensions only when asked, and throws for damaged ones
        }
    }

    /// <summary>Whether the certificate is for the host by a subject alternative name: no wildcard, no common name. False for damaged names.</summary>
    public static bool IsFor(X509Certificate2 certificate, string host)
    {
        try
        {
            return Uri.CheckHostName(host) == UriHostNameType.Dns && certificate.MatchesHostname(host, allowWildcards: false, allowCommonName: false);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool IsValid(IReadOnlyList<X509Certificate2> chain, IReadOnlyCollection<X509Certificate2> anchors, DateTimeOffset at, out string reason)
    {
        if (chain.Count == 0 || anchors.Count == 0) return Refuse("x5c_no_anchor", out reason);
        var leaf = chain[0];
        if (leaf.SubjectName.RawData.AsSpan().SequenceEqual(leaf.IssuerName.RawData)) return Refuse("x5c_leaf_self_signed", out reason);
        if (chain.Any(c => anchors.Any(a => a.RawDataMemory.Span.SequenceEqual(c.RawDataMemory.Span)))) return Refuse("x5c_holds_anchor", out reason);
        if (chain.Any(c => at < c.NotBefore || at > c.NotAfter)) return Refuse("x5c_out_of_dates", out reason);
        for (var i = 0; i + 1 < chain.Count; i++)
        {
            if (!chain[i].IssuerName.RawData.AsSpan().SequenceEqual(chain[i + 1].SubjectName.RawData)) return Refuse("x5c_out_of_order", out reason);
        }
        if (leaf.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage && !usage.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature))
            return Refuse("x5c_leaf_may_not_sign", out reason);

        using var builder = new X509Chain();
        builder.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        builder.ChainPolicy.CustomTrustStore.AddRange(anchors.ToArray());
        builder.ChainPolicy.ExtraStore.AddRange(chain.Skip(1).ToArray());
        builder.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        builder.ChainPolicy.DisableCertificateDownloads = true;
        builder.ChainPolicy.VerificationTime = at.LocalDateTime;
        var built = builder.Build(leaf);

        // The path found must be the path shown, plus the anchor.
        var path = builder.ChainElements;
        var same = path.Count == chain.Count + 1;
        for (var i = 0; same && i < chain.Count; i++) same = path[i].Certificate.RawDataMemory.Span.SequenceEqual(chain[i].RawDataMemory.Span);
        foreach (var element in path) element.Certificate.Dispose();
        return built && same ? Refuse("", out reason, refused: false) : Refuse("x5c_no_anchor", out reason);
    }

    /// <summary>The leaf's public key; false when it is not on P-256.</summary>
    public static bool TryLeafKey(X509Certificate2 certificate, [NotNullWhen(true)] out Jwk? key)
    {
        key = null;
        try
        {
            using var ecdsa = certificate.GetECDsaPublicKey();
            if (ecdsa is { KeySize: 256 }) key = Jwk.From(ecdsa);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            // another curve, or parameters the framework refuses
        }
        return key is not null;
    }

    /// <summary>The value of OpenID4VP's `x509_hash:` prefix: base64url of SHA-256 over the certificate.</summary>
    public static string Hash(X509Certificate2 certificate) => Base64Url.Encode(SHA256.HashData(certificate.RawData));

    private static X509Certificate2? TryCertificate(string? base64)
    {
        // Convert skips white space, which would give one certificate many texts.
        if (base64 is null || base64.Length > MaxCharacters || base64.Any(char.IsWhiteSpace)) return null;
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length)) return null;
        try
        {
            var certificate = X509CertificateLoader.LoadCertificate(bytes.AsSpan(0, length));
            if (certificate.RawDataMemory.Length == length) return certificate;
            certificate.Dispose();
            return null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static bool Refuse(string why, out string reason, bool refused = true)
    {
        reason = why;
        return !refused;
    }
}
