using System.Security.Cryptography;
using Identity.Credentials.Jose;

namespace Identity.Benchmarks.Checking;

/// <summary>What a verdict cannot do without: two ES256 signatures checked, the issuer's with a key at hand, the holder's with one that is new.</summary>
internal sealed class VerificationBound
{
    /// <summary>The first bound in words.</summary>
    public const string Framework = "two ES256 verifications by the framework, one key kept and one imported";

    /// <summary>The second bound in words.</summary>
    public const string OpenSsl = "two ES256 verifications by OpenSSL, both keys kept";

    private readonly (byte[] Data, byte[] Signature) _issued;
    private readonly byte[] _shown;
    private readonly ECDsa _kept;
    private readonly (ECParameters Key, byte[] Signature)[] _fresh;
    private readonly RawOpenSsl _rawIssued;
    private readonly RawOpenSsl _rawShown;
    private int _turn;

    /// <param name="issuer">The key that is kept.</param>
    /// <param name="issued">Bytes under the issuer's signature.</param>
    /// <param name="shown">Bytes under the holder's.</param>
    public VerificationBound(Es256Key issuer, int issued, int shown)
    {
        var data = new byte[issued];
        _issued = (data, issuer.Sign(data));
        _shown = new byte[shown];
        _kept = ECDsa.Create(issuer.Raw.ExportParameters(false));
        var holders = Enumerable.Range(0, 64).Select(_ => Es256Key.Create()).ToArray();
        _fresh = [.. holders.Select(holder => (holder.Raw.ExportParameters(false), holder.Sign(_shown)))];
        (_rawIssued, _rawShown) = (new RawOpenSsl(issuer.Raw, data), new RawOpenSsl(holders[0].Raw, _shown));
    }

    /// <summary>By the framework as it comes.</summary>
    public void ByFramework()
    {
        Measure.Use(_kept.VerifyData(_issued.Data, _issued.Signature, HashAlgorithmName.SHA256));
        var (parameters, signature) = _fresh[_turn++ % _fresh.Length];
        using var key = ECDsa.Create(parameters);
        Measure.Use(key.VerifyData(_shown, signature, HashAlgorithmName.SHA256));
    }

    /// <summary>By OpenSSL with nothing around it.</summary>
    public void ByOpenSsl() => Measure.Use(_rawIssued.Verify() && _rawShown.Verify());
}
