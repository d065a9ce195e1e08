using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Hosting.Hsm;
using Identity.Issuer.Keys;
using Identity.TestKit;
using Microsoft.Extensions.Configuration;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Keys;

/// <summary>An organisation whose signing key never leaves its token.</summary>
[Trait("Store", "Own")]
public sealed class KeyInTokenTests : IAsyncLifetime
{
    private readonly IssuerFixture _issuer = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private SoftHsm? _token;

    private string KeyFile => Path.Combine(_issuer.Folder, "keys", $"{College}.signing.pkcs11");

    public async Task InitializeAsync()
    {
        if (SoftHsm.Absent is not null) return;
        _token = new SoftHsm("college");
        _token.Import("signing", _key, "01");
        Directory.CreateDirectory(Path.GetDirectoryName(KeyFile)!);
        await File.WriteAllTextAsync(KeyFile, _token.Uri("signing") + "\n");
        await _issuer.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        if (_token is not null) await _issuer.DisposeAsync();
        _token?.Dispose();
        _key.Dispose();
    }

    [SoftHsmFact]
    public async Task A_credential_is_signed_in_the_token_and_no_private_key_lies_in_the_folder()
    {
        using var holder = Es256Key.Create();

        var text = (await _issuer.Collect(await _issuer.AccessToken(await _issuer.Prepare()), [holder]))[0];

        Assert.True(SdJwtDocument.TryParse(text, out var document, out var reason), reason);
        var expected = Jwk.From(_key);
        Assert.Equal(expected.ThumbprintText(), document.Jwt.KeyId);
        Assert.True(VerificationKey.TryImport(expected, out var signer, out _));
        Assert.True(document.Jwt.Verify(signer));
        Assert.True(X5c.TryParse(document.Jwt.Header["x5c"], out var chain, out _));
        Assert.True(X5c.TryLeafKey(chain[0], out var leaf));
        Assert.True(leaf.SameKey(expected));
        Assert.False(File.Exists(Path.Combine(_issuer.Folder, "keys", $"{College}.signing.pem")));
    }

    [SoftHsmFact]
    public async Task While_the_token_is_away_a_wallet_is_told_to_come_again_and_then_gets_what_it_asked_for()
    {
        using var holder = Es256Key.Create();
        var token = await _issuer.AccessToken(await _issuer.Prepare());
        _token!.TakeOut();

        using var away = await _issuer.Credential(token, Request([_issuer.Proof(holder, await _issuer.Nonce(College), College)], "qualification"), College);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.NotNull(away.Headers.RetryAfter);
        Assert.Contains("token that holds this service's signing key", (await JsonNode.ParseAsync(await away.Content.ReadAsStreamAsync()))!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        _token.PutIn();
        Assert.Single(await _issuer.Collect(token, [holder]));
    }

    [SoftHsmFact]
    public void A_service_does_not_start_with_a_token_that_refuses_and_says_why()
    {
        var keys = new KeyFolder(Path.GetDirectoryName(KeyFile)!, mayCreate: false);
        File.WriteAllText(KeyFile, _token!.Uri("another"));
        Assert.Contains("There is no private key", Assert.Throws<HsmException>(() => keys.SigningKey(College)).Message, StringComparison.Ordinal);

        using var k1 = ECDsa.Create(ECCurve.CreateFromValue("1.3.132.0.10"));
        _token.Import("account", k1, "02");
        File.WriteAllText(KeyFile, _token.Uri("account"));
        Assert.Contains("one on P-256 is needed", Assert.Throws<HsmException>(() => keys.SigningKey(College)).Message, StringComparison.Ordinal);

        File.WriteAllText(KeyFile, _token.Uri("signing") + "&pin-value=271828");
        var fault = Assert.Throws<HsmException>(() => keys.SigningKey(College));
        Assert.Contains("a PIN must not stand in it", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("271828", fault.ToString(), StringComparison.Ordinal);
    }

    [SoftHsmFact]
    public void A_new_key_is_made_in_the_token_that_the_settings_name_and_found_there_again()
    {
        using var token = new SoftHsm("new-keys");
        var setting = token.Uri("-").Replace(";object=-", "", StringComparison.Ordinal);
        var folder = Path.Combine(_issuer.Folder, "made");
        var (thumbprint, files) = ("", Array.Empty<string>());
        foreach (var round in new[] { 1, 2 })
        {
            var key = new KeyFolder(folder, mayCreate: false, setting).NewSigningKey(College);
            thumbprint = key.PublicKey.ThumbprintText();
            (key as IDisposable)?.Dispose();
            files = [.. Directory.GetFiles(folder).Select(Path.GetFileName).OfType<string>()];
            Assert.Equal(round, files.Length);
            Assert.Contains($"{College}.{thumbprint[..16]}.signing.pkcs11", files);
        }

        var found = new KeyFolder(folder, mayCreate: false).FindSigningKey(College, thumbprint)!;

        Assert.IsType<HsmSigner>(found);
        Assert.Equal(thumbprint, found.PublicKey.ThumbprintText());
        Assert.True(VerificationKey.TryImport(found.PublicKey, out var verifier, out _));
        Assert.True(verifier.Verify("a"u8, found.Sign("a"u8)));
        // And the request for its certificate is signed in the token, too.
        var organisation = _issuer.Service<Organisations.OrganisationDirectory>().Find(College)!;
        Certified.WriteRequest(new KeyFolder(folder, mayCreate: true), organisation, found);
        var request = System.Security.Cryptography.X509Certificates.CertificateRequest.LoadSigningRequestPem(File.ReadAllText(Path.Combine(folder, $"{KeyFolder.Stem(College, thumbprint)}.csr.pem")), HashAlgorithmName.SHA256);
        Assert.Equal(DevelopmentCertificates.PublicKeyOf(found).ExportSubjectPublicKeyInfo(), request.PublicKey.ExportSubjectPublicKeyInfo());
        (found as IDisposable)?.Dispose();
    }

    [Theory]
    [InlineData("token")]
    [InlineData("pkcs11:token=x?module-path=relative&pin-source=env:PIN")]
    [InlineData("pkcs11:token=x?module-path=/lib/x.so&pin-value=1234")]
    public void A_setting_that_is_no_token_stops_the_start(string setting)
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationBuilder().AddInMemoryCollection([new("Keys:Token", setting)]).Build();

        Assert.Contains("Keys:Token", Assert.Throws<Hosting.SettingMissingException>(() => KeyServices.TokenOf(configuration)).Message, StringComparison.Ordinal);
    }
}
