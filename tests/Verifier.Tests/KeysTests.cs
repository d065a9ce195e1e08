using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Identity.Hosting;
using Identity.Verifier.Keys;
using Identity.Verifier.Registration;
using Identity.Verifier.Tests.World;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Verifier.Tests;

public class KeysTests
{
    private const string Url = "https://verifier.example";

    [Fact]
    public async Task In_development_the_keys_are_made_once_and_readable_by_the_owner_only()
    {
        await using var verifier = await TestVerifier.StartAsync();
        var keys = verifier.Services.GetRequiredService<AskingIdentities>().PublicPage.Keys;
        var settings = verifier.Services.GetRequiredService<VerifierSettings>();

        using var again = VerifierKeys.Load(new ConfigurationBuilder().Build(), settings, true, verifier.Clock.Now);

        Assert.Equal(keys.LeafHash, again.LeafHash);
        Assert.False(keys.Request.PublicKey.SameKey(keys.Challenge.PublicKey));
        if (OperatingSystem.IsWindows()) return;
        foreach (var file in Directory.GetFiles(Path.Combine(verifier.Folder, "keys"), "*.pem"))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Theory]
    [InlineData("good", null)]
    [InlineData("self-signed", "signed by an authority")]
    [InlineData("other key", "belongs to another key")]
    [InlineData("expired", "valid now")]
    [InlineData("other name", "DNS name")]
    [InlineData("no file", "readable PEM")]
    public void A_configured_certificate_must_fit(string kind, string? complaint)
    {
        var folder = Directory.CreateTempSubdirectory("verifier-test-").FullName;
        var now = DateTimeOffset.UtcNow;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "challenge.pem"), other.ExportPkcs8PrivateKeyPem());
        using var certificate = Certificate(kind == "other key" ? other : key, kind == "other name" ? "elsewhere.example" : "verifier.example", kind == "self-signed", kind == "expired" ? now.AddDays(-1) : now.AddDays(30));
        File.WriteAllText(Path.Combine(folder, "chain.pem"), certificate.ExportCertificatePem());
        string[] settings =
        [
            .. TestVerifier.Defaults(Url, folder), "--environment=Production", "--Verifier:Name=Employer", "--Verifier:ClientId=x509_san_dns",
            $"--Keys:Request={Path.Combine(folder, "key.pem")}", $"--Keys:Challenge={Path.Combine(folder, "challenge.pem")}",
            $"--Keys:Certificate={Path.Combine(folder, kind == "no file" ? "absent.pem" : "chain.pem")}",
        ];

        var fault = Record.Exception(() => VerifierApp.Build(settings, s => TestVerifier.Exchange(s, new FakeClock(), new TestLedger(new FakeClock()), keepClock: true)).DisposeAsync().AsTask().Wait());

        if (complaint is null) Assert.Null(fault);
        else Assert.Contains(complaint, Assert.IsType<SettingMissingException>(fault).Message);
        Directory.Delete(folder, true);
    }

    [Theory]
    [InlineData("Request")]
    [InlineData("Certificate")]
    [InlineData("Challenge")]
    public void What_is_wrong_with_the_desk_s_keys_is_said_of_the_desk_s_setting(string wrong)
    {
        var folder = Directory.CreateTempSubdirectory("verifier-test-").FullName;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Certificate(key, "verifier.example", false, DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(Path.Combine(folder, "Request"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "Challenge"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "Certificate"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, wrong), "nothing");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new[] { "Request", "Certificate", "Challenge" }
            .Select(name => KeyValuePair.Create($"Keys:Desk:{name}", (string?)Path.Combine(folder, name)))
            .Append(new("PublicUrl", Url)).Append(new("Data:Folder", folder))).Build();

        var fault = Assert.Throws<SettingMissingException>(() => VerifierKeys.Load(configuration, VerifierSettings.Read(configuration, development: true), false, DateTimeOffset.UtcNow, "Desk"));

        Assert.Contains($"Keys:Desk:{wrong}", fault.Message, StringComparison.Ordinal);
        Directory.Delete(folder, true);
    }

    private static X509Certificate2 Certificate(ECDsa key, string host, bool selfSigned, DateTimeOffset until)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-60), DateTimeOffset.UtcNow.AddDays(60));
        var request = new CertificateRequest("CN=Employer", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        return selfSigned ? request.CreateSelfSigned(until.AddDays(-31), until) : request.Create(authority, until.AddDays(-31), until, RandomNumberGenerator.GetBytes(8));
    }
}
