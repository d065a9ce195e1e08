using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace Identity.Hosting.Tests;

public sealed class OwnServicesTests : IDisposable
{
    private readonly string _authorityFile = Path.Combine(Path.GetTempPath(), $"identity-own-{Guid.NewGuid():n}.pem");
    private readonly X509Certificate2 _authority = Authority();

    public OwnServicesTests() => File.WriteAllText(_authorityFile, _authority.ExportCertificatePem());

    [Fact]
    public async Task The_own_name_is_reached_at_its_address_by_its_own_authority()
    {
        using var server = new TlsServer(Leaf(_authority, "own.test"));
        using var fetch = Fetch();

        var answer = Assert.IsType<FetchResult.Answer>(await fetch.GetAsync(server.At("own.test"), "*/*", 1000, default));

        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Attack_another_authority_cannot_speak_for_the_own_name()
    {
        using var stranger = Authority();
        using var server = new TlsServer(Leaf(stranger, "own.test"));
        using var fetch = Fetch();

        Assert.IsType<FetchResult.Refused>(await fetch.GetAsync(server.At("own.test"), "*/*", 1000, default));
    }

    [Fact]
    public async Task Attack_the_own_authority_cannot_speak_for_another_name()
    {
        using var server = new TlsServer(Leaf(_authority, "localhost"));
        using var fetch = Fetch(allowLoopback: true);

        Assert.IsType<FetchResult.Refused>(await fetch.GetAsync(server.At("localhost"), "*/*", 1000, default));
    }

    [Fact]
    public async Task Attack_a_certificate_of_another_name_is_not_taken_for_the_own_one()
    {
        using var server = new TlsServer(Leaf(_authority, "other.test"));
        using var fetch = Fetch();

        Assert.IsType<FetchResult.Refused>(await fetch.GetAsync(server.At("own.test"), "*/*", 1000, default));
    }

    [Fact]
    public async Task Attack_no_other_name_and_no_literal_address_gets_through_to_the_private_network()
    {
        using var server = new TlsServer(Leaf(_authority, "own.test"));
        using var fetch = Fetch();

        foreach (var host in new[] { "localhost", "127.0.0.1" })
        {
            var refused = Assert.IsType<FetchResult.Refused>(await fetch.GetAsync(server.At(host), "*/*", 1000, default));
            Assert.Equal("The address is not on the public Internet.", refused.Reason);
        }
    }

    public void Dispose()
    {
        _authority.Dispose();
        File.Delete(_authorityFile);
    }

    private OutboundFetch Fetch(bool allowLoopback = false) => new(Options.Create(new OutboundOptions
    {
        AllowLoopback = allowLoopback, Timeout = TimeSpan.FromSeconds(30), Own = new OwnServices { Host = "own.test", Address = "127.0.0.1", Authority = _authorityFile },
    }));

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    private static X509Certificate2 Leaf(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(12));
        return leaf.CopyWithPrivateKey(key);
    }

    /// <summary>Answers every connection with an empty 200 over TLS.</summary>
    private sealed class TlsServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 _certificate;

        public TlsServer(X509Certificate2 certificate)
        {
            _certificate = certificate;
            _listener.Start();
            _ = ServeAsync();
        }

        public Uri At(string host) => new($"https://{host}:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

        public void Dispose()
        {
            _listener.Dispose();
            _certificate.Dispose();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    try
                    {
                        await using var tls = new SslStream(client.GetStream());
                        await tls.AuthenticateAsServerAsync(_certificate);
                        var request = new byte[4096];
                        await tls.ReadAtLeastAsync(request, 1);
                        await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
                    }
                    catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
                    {
                        // A client that does not trust the certificate hangs up.
                    }
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
