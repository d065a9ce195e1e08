using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Verdicts;

/// <summary>What the leaf certificate of a header (<c>x5c</c>) says.</summary>
/// <param name="Key">Its public key, on P-256.</param>
/// <param name="NotBefore">Its first second.</param>
/// <param name="NotAfter">Its last second.</param>
/// <param name="Uris">Its subject alternative names that are URIs (RFC 5280 section 4.2.1.6); null where they cannot be read.</param>
internal sealed record Leaf(Jwk Key, DateTimeOffset NotBefore, DateTimeOffset NotAfter, IReadOnlyList<string>? Uris)
{
    private const string SubjectAlternativeNames = "2.5.29.17";
    private static readonly Asn1Tag Uri = new(TagClass.ContextSpecific, 6);

    /// <summary>Null where there is no x5c, or none with a P-256 leaf that can be read.</summary>
    public static Leaf? Of(Jws jws)
    {
        if (!X5c.TryParse(jws.Header["x5c"], out var chain, out _)) return null;
        try
        {
            // The framework gives local times, and reads them only when asked.
            return X5c.TryLeafKey(chain[0], out var key) ? new Leaf(key, chain[0].NotBefore.ToUniversalTime(), chain[0].NotAfter.ToUniversalTime(), UrisOf(chain[0])) : null;
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            return null;
        }
        finally
        {
            foreach (var certificate in chain) certificate.Dispose();
        }
    }

    private static List<string>? UrisOf(X509Certificate2 certificate)
    {
        var uris = new List<string>();
        foreach (var extension in certificate.Extensions.Where(e => e.Oid?.Value == SubjectAlternativeNames))
        {
            try
            {
                var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                {
                    if (names.PeekTag().HasSameClassAndValue(Uri)) uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, Uri));
                    else names.ReadEncodedValue();
                }
            }
            catch (AsnContentException)
            {
                return null;
            }
        }
        return uris;
    }
}

/// <summary>
/// What a certificate must say besides holding the registered key. That key is what counts: a certificate only narrows it, and the chain above it is not looked at, since the register
/// and not an authority of certificates says whose key it is.
/// </summary>
internal static class LeafRule
{
    /// <summary>Whether a <c>kid</c>, where there is one, is the thumbprint of the certificate's key.</summary>
    public static bool IsNamed(Leaf leaf, Jws jws) => jws.Header["kid"] is null || jws.KeyId == leaf.Key.ThumbprintText();

    /// <summary>Whether it names this issuer among its URIs, or names none.</summary>
    public static bool IsFor(Leaf leaf, string? iss) =>
        leaf.Uris is { } uris && (uris.Count == 0 || uris.Any(uri => uri == iss || (Uri.TryCreate(iss, UriKind.Absolute, out var address) && uri == address.AbsoluteUri)));

    /// <summary>Why it does not vouch for what this issuer signed; null where it does.</summary>
    /// <param name="leaf">The certificate.</param>
    /// <param name="iss">The issuer as the credential names it.</param>
    /// <param name="at">When it was anchored, else now.</param>
    public static string? FaultOf(Leaf leaf, string? iss, DateTimeOffset at)
    {
        if (!IsFor(leaf, iss)) return "its certificate is for another issuer";
        if (at < leaf.NotBefore) return $"its certificate is valid only from {Examination.Day(leaf.NotBefore)}";
        return at > leaf.NotAfter ? $"its certificate was valid until {Examination.Day(leaf.NotAfter)}" : null;
    }
}
