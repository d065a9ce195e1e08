using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Identity.Credentials.Jose;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Verdicts;
using static Identity.Credentials.Tests.Verdicts.VerdictAssert;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>A certificate narrows the registered key that it holds, and adds nothing to it.</summary>
public sealed class LeafRuleTests
{
    private readonly Scene _scene = new();

    [Theory]
    [InlineData(0, ReasonCode.Valid)]
    [InlineData(1, ReasonCode.KeyNotValidThen)]
    public void It_counts_from_its_first_second(int secondsAfterAnchor, ReasonCode reason)
    {
        _scene.Leaf = Certificate(from: Scene.Anchored.AddSeconds(secondsAfterAnchor));

        Is(reason, _scene.Online());
        if (reason != ReasonCode.Valid) Assert.Equal("its certificate is valid only from 2025-11-01 12:00 UTC", Of(_scene.Online(), CheckName.IssuerKey).Evidence);
    }

    [Theory]
    [InlineData(0, ReasonCode.Valid)]
    [InlineData(-1, ReasonCode.KeyNotValidThen)]
    public void It_counts_until_its_last_second_at_the_time_of_anchoring_and_not_today(int secondsAfterAnchor, ReasonCode reason)
    {
        _scene.Leaf = Certificate(until: Scene.Anchored.AddSeconds(secondsAfterAnchor));

        Is(reason, _scene.Online());
        if (reason != ReasonCode.Valid) Assert.Equal("its certificate was valid until 2025-11-01 11:59 UTC", Of(_scene.Online(), CheckName.IssuerKey).Evidence);
    }

    [Fact]
    public void That_it_ran_out_since_accuses_nobody_while_the_anchor_is_not_known()
    {
        (_scene.Leaf, _scene.Anchor) = (Certificate(until: _scene.Now.AddSeconds(-1)), null);

        Is(ReasonCode.NotAnchored, _scene.Online());
        Assert.Equal("its certificate was valid until 2026-11-01 11:59 UTC, and when it was recorded is not known", Of(_scene.Online(), CheckName.IssuerKey).Evidence);
    }

    [Fact]
    public void One_of_tomorrow_vouches_for_nothing_of_today_whenever_that_is_anchored()
    {
        (_scene.Leaf, _scene.Anchor) = (Certificate(from: _scene.Now.AddSeconds(1)), null);

        Is(ReasonCode.KeyNotValidThen, _scene.Online());
    }

    [Theory]
    [InlineData(null, ReasonCode.Valid)]
    [InlineData(Scene.Iss, ReasonCode.Valid)]
    [InlineData("https://another.example", ReasonCode.KeyNotValidThen)]
    [InlineData(Scene.Iss + "/", ReasonCode.KeyNotValidThen)]
    public void A_uri_among_its_names_is_the_issuer(string? uri, ReasonCode reason)
    {
        _scene.Leaf = Certificate(names => { names.AddDnsName("college.example"); if (uri is not null) Add(names, uri); });

        Is(reason, _scene.Online());
        if (reason != ReasonCode.Valid) Assert.Equal("its certificate is for another issuer", Of(_scene.Online(), CheckName.IssuerKey).Evidence);
    }

    [Fact]
    public void Of_several_uris_one_is_enough()
    {
        _scene.Leaf = Certificate(names => { Add(names, "https://another.example/x"); Add(names, Scene.Iss); });

        Is(ReasonCode.Valid, _scene.Online());
    }

    [Fact]
    public void Attack_names_that_cannot_be_read_are_not_taken_for_none()
    {
        _scene.Leaf = Certificate(new X509Extension("2.5.29.17", [0x30, 0x05, 0x86, 0x7f, 0x61], critical: false));

        Is(ReasonCode.KeyNotValidThen, _scene.Online());
    }

    [Theory]
    [InlineData(true, ReasonCode.Valid)]
    [InlineData(false, ReasonCode.Altered)]
    public void A_key_id_beside_it_names_the_same_key(bool own, ReasonCode reason)
    {
        _scene.KeyId = (own ? _scene.IssuerKey : Fixed.Key("another")).PublicKey.ThumbprintText();

        Is(reason, _scene.Online());
        if (!own) Assert.Equal("its key id names another key than its certificate", Of(_scene.Online(), CheckName.Signature).Evidence);
    }

    [Fact]
    public void No_key_id_is_needed_beside_it()
    {
        _scene.KeyId = "";

        Is(ReasonCode.Valid, _scene.Online());
    }

    [Fact]
    public void Attack_a_certificate_for_this_issuer_holds_a_key_that_it_never_registered()
    {
        var stranger = Fixed.Key("stranger");
        _scene.Leaf = Certificate(names => Add(names, Scene.Iss), key: stranger);

        Is(ReasonCode.KeyNotValidThen, _scene.Online(_scene.Present(_scene.Issue(stranger))));
    }

    private static void Add(SubjectAlternativeNameBuilder names, string uri) => names.AddUri(new Uri(uri));

    private byte[] Certificate(Action<SubjectAlternativeNameBuilder>? name = null, DateTimeOffset? from = null, DateTimeOffset? until = null, Es256Key? key = null)
    {
        var names = new SubjectAlternativeNameBuilder();
        name?.Invoke(names);
        return Certificate(name is null ? null : names.Build(), from, until, key);
    }

    private byte[] Certificate(X509Extension? names, DateTimeOffset? from = null, DateTimeOffset? until = null, Es256Key? key = null)
    {
        var request = new CertificateRequest("CN=issuer", (key ?? _scene.IssuerKey).Raw, HashAlgorithmName.SHA256);
        if (names is not null) request.CertificateExtensions.Add(names);
        using var certificate = request.CreateSelfSigned(from ?? Scene.Anchored.AddYears(-1), until ?? Scene.Anchored.AddYears(9));
        return certificate.RawData;
    }
}
