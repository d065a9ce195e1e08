using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Tests.Jose;

public sealed class X5cTests : IDisposable
{
    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset At = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly X509Certificate2 _root, _middle, _leaf, _otherRoot;

    public X5cTests()
    {
        _root = Authority("CN=Root", null);
        _middle = Authority("CN=Middle", _root);
        _leaf = Leaf("CN=Leaf", _middle);
        _otherRoot = Authority("CN=Root", null);
    }

    [Fact]
    public void A_chain_to_an_anchor_is_accepted_and_gives_the_leafs_key()
    {
        Assert.True(X5c.TryParse(JsonNode.Parse(X5c.ToJson([_leaf, _middle]).ToJsonString()), out var chain, out _));

        Assert.True(X5c.TryValidate(chain, [_root], At, out var reason), reason);
        Assert.True(X5c.TryLeafKey(chain[0], out var key));
        using var expected = _leaf.GetECDsaPublicKey()!;
        Assert.True(key.SameKey(Jwk.From(expected)));
        Assert.Equal(Base64Url.Encode(SHA256.HashData(_leaf.RawData)), X5c.Hash(chain[0]));
    }

    [Fact]
    public void Attack_49_a_certificate_with_damaged_dates_or_names_is_refused_and_no_fault()
    {
        var dates = _leaf.RawData.AsSpan().IndexOf("270101000000Z"u8);
        var curve = _leaf.RawData.AsSpan().IndexOf(Convert.FromHexString("2A8648CE3D030107"));
        foreach (var (at, with) in new[] { (dates, (byte)'x'), (curve, (byte)0xFF) })
        {
            var damaged = _leaf.RawData.ToArray();
            damaged[at] = with;
            if (!X5c.TryParse(new JsonArray(Convert.ToBase64String(damaged)), out var chain, out _)) continue;

            Assert.False(X5c.TryValidate(chain, [_middle], At, out var reason));
            Assert.Contains(reason, new[] { "x5c_unreadable", "x5c_no_anchor" });
        }
        Assert.True(dates > 0 && curve > 0);
    }

    [Fact]
    public void Attack_64_a_certificate_with_damaged_names_is_for_no_host()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=verifier", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x82], critical: false));
        using var certificate = request.CreateSelfSigned(From, Until);

        Assert.False(X5c.IsFor(certificate, "verifier.example"));
        Assert.False(X5c.IsFor(certificate, "127.0.0.1"));
    }

    [Fact]
    public void An_unknown_anchor_of_the_same_name_is_refused() => Refused("x5c_no_anchor", [_leaf, _middle], [_otherRoot]);

    [Fact]
    public void A_self_signed_leaf_is_refused_even_as_its_own_anchor()
    {
        using var own = Leaf("CN=Self", null);
        Refused("x5c_leaf_self_signed", [own], [own]);
        Refused("x5c_leaf_self_signed", [own], [_root]);
    }

    [Fact]
    public void The_anchor_inside_the_chain_is_refused() => Refused("x5c_holds_anchor", [_leaf, _middle, _root], [_root]);

    [Fact]
    public void A_chain_in_the_wrong_order_is_refused()
    {
        Refused(null, [_middle, _leaf], [_root]);
        using var stranger = Authority("CN=Stranger", _root);
        Refused("x5c_out_of_order", [_leaf, stranger, _middle], [_root]);
    }

    [Fact]
    public void A_chain_with_a_certificate_missing_is_refused() => Refused("x5c_no_anchor", [_leaf], [_root]);

    [Fact]
    public void A_leaf_out_of_its_dates_is_refused()
    {
        using var expired = Leaf("CN=Expired", _middle, until: At.AddDays(-1));
        using var early = Leaf("CN=Early", _middle, from: At.AddDays(1));
        Refused("x5c_out_of_dates", [expired, _middle], [_root]);
        Refused("x5c_out_of_dates", [early, _middle], [_root]);
    }

    [Fact]
    public void A_leaf_out_of_its_dates_is_refused_when_the_anchor_is_an_intermediate()
    {
        using var expired = Leaf("CN=Expired", _middle, until: At.AddDays(-1));
        Refused("x5c_out_of_dates", [expired], [_middle]);
    }

    [Fact]
    public void A_leaf_that_issues_is_no_authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var notCa = Leaf("CN=Not an authority", _root);
        var request = new CertificateRequest("CN=Below", key, HashAlgorithmName.SHA256);
        using var below = request.Create(notCa.SubjectName, X509SignatureGenerator.CreateForECDsa(notCa.GetECDsaPrivateKey()!), From, Until, [9, 9]);
        Refused("x5c_no_anchor", [below, notCa], [_root]);
    }

    [Fact]
    public void A_leaf_that_may_not_sign_is_refused()
    {
        using var agreeing = Leaf("CN=Agreeing", _middle, usage: X509KeyUsageFlags.KeyAgreement);
        Refused("x5c_leaf_may_not_sign", [agreeing, _middle], [_root]);
    }

    [Fact]
    public void A_forged_signature_under_a_true_name_is_refused()
    {
        using var impostor = Authority("CN=Middle", _otherRoot);
        using var forged = Leaf("CN=Leaf", impostor);
        Refused("x5c_no_anchor", [forged, _middle], [_root]);
        Refused("x5c_no_anchor", [forged, impostor], [_root]);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[5]")]
    [InlineData("[\"\"]")]
    [InlineData("[\"AAAA\"]")]
    [InlineData("[\"-_-_\"]")]
    public void What_is_not_a_list_of_certificates_is_refused(string json) => Assert.False(X5c.TryParse(JsonNode.Parse(json), out _, out _));

    [Fact]
    public void White_space_other_bytes_and_too_many_certificates_are_refused()
    {
        var text = Convert.ToBase64String(_leaf.RawData);
        Assert.False(X5c.TryParse(new JsonArray(text.Insert(64, "\n")), out _, out _));
        Assert.False(X5c.TryParse(new JsonArray(Convert.ToBase64String([.. _leaf.RawData, 0])), out _, out _));
        Assert.False(X5c.TryParse(X5c.ToJson(Enumerable.Repeat(_leaf, 7)), out _, out _));
    }

    public void Dispose()
    {
        foreach (var certificate in new[] { _root, _middle, _leaf, _otherRoot }) certificate.Dispose();
    }

    private static void Refused(string? expected, X509Certificate2[] chain, X509Certificate2[] anchors)
    {
        Assert.False(X5c.TryValidate(chain, anchors, At, out var reason));
        if (expected is not null) Assert.Equal(expected, reason);
    }

    private static X509Certificate2 Authority(string name, X509Certificate2? issuer) => Make(name, issuer, From, Until, request =>
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
    });

    private static X509Certificate2 Leaf(
        string name, X509Certificate2? issuer, DateTimeOffset? from = null, DateTimeOffset? until = null, X509KeyUsageFlags usage = X509KeyUsageFlags.DigitalSignature) =>
        Make(name, issuer, from ?? From, until ?? Until, request =>
        {
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        });

    private static X509Certificate2 Make(string name, X509Certificate2? issuer, DateTimeOffset from, DateTimeOffset until, Action<CertificateRequest> extend)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        extend(request);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (issuer is null) return request.CreateSelfSigned(from, until);
        var certificate = request.Create(
            issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!), from, until, RandomNumberGenerator.GetBytes(8));
        var signs = request.CertificateExtensions.OfType<X509KeyUsageExtension>().All(u => u.KeyUsages != X509KeyUsageFlags.KeyAgreement);
        return signs ? certificate.CopyWithPrivateKey(key) : certificate;
    }
}
