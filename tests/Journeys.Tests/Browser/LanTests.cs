using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Identity.Host;
using Identity.Host.Journey;
using Identity.TestKit;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>The demonstration on a local network: TLS by an own authority, tried from the browser profile of a phone that knows the name.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class LanTests(Surroundings surroundings, LanTests.Network network) : IClassFixture<LanTests.Network>
{
    private const string Name = "desk.identity-trial.test";
    private readonly DemonstrationOptions _options = network.Options;

    /// <summary>The demonstration on its network, once for all tests here.</summary>
    public sealed class Network : IAsyncLifetime
    {
        private readonly string _folder = Path.Combine(Path.GetTempPath(), $"identity-lan-{Guid.NewGuid():n}");

        internal DemonstrationOptions Options { get; private set; } = null!;

        internal Stack Stack { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Options = new DemonstrationOptions(_folder, Ports.FreeBase(0, 1, 2, 3, 4, 8)) { LanName = Name, LanAddress = "127.0.0.1" };
            Options.Check();
            Stack = await Stack.StartAsync(Options, new Screen(TextWriter.Null), CancellationToken.None);
        }

        public async Task DisposeAsync()
        {
            await Stack.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_phone_on_the_network_installs_the_wallet_receives_by_camera_and_keeps_it_with_the_network_off()
    {
        // The services reach each other by the name, over TLS, with the guard and the own authority alone.
        var said = new StringWriter();
        Assert.True(await new PlayJourney(_options, network.Stack, new Screen(said)).RunAsync(CancellationToken.None), said.ToString());

        await using var browser = await surroundings.LaunchPhoneAsync($"--host-resolver-rules=MAP {Name} 127.0.0.1", $"--ignore-certificate-errors-spki-list={LeafKeyHash()}");
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 360, Height = 640 }, Permissions = ["camera"], Locale = "fr" });
        context.SetDefaultTimeout(60_000);
        var page = await context.NewPageAsync();
        await page.GotoAsync($"http://127.0.0.1:{_options.BasePort}/");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "fr");
        await Assertions.Expect(page.GetByTestId("fingerprint")).ToHaveTextAsync(string.Join(' ', _options.Lan!.Certificates.Fingerprint.Chunk(4).Select(c => new string(c))));
        await page.GetByTestId("wallet").ClickAsync();

        await Assertions.Expect(page.GetByTestId("screen-welcome")).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("isSecureContext && !!crypto.subtle && !!navigator.mediaDevices"));
        Assert.Equal(Name, await page.EvaluateAsync<string>("location.hostname"));
        await page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");
        await page.GetByTestId("start").ClickAsync();

        using var college = new Api(_options.IssuerUrl, network.Stack.Access.Single(a => a.Organisation == Identity.Host.Seed.Cast.College).ApiKey, _options.Lan.Own);
        var made = await college.PostAsync($"/api/{Identity.Host.Seed.Cast.College}/credentials", Surroundings.Diploma(), CancellationToken.None);
        surroundings.Camera.ShowQr((string)made["offer"]!["link"]!);
        await page.GetByTestId("add").First.ClickAsync();
        await page.GetByTestId("scan").ClickAsync();
        await page.GetByTestId("accept").ClickAsync();
        await page.GetByTestId("tx-code").FillAsync((string)made["offer"]!["txCode"]!);
        await page.GetByTestId("tx-send").ClickAsync();
        await Assertions.Expect(page.GetByTestId("screen-received")).ToBeVisibleAsync();

        await context.SetOfflineAsync(true);
        await page.GotoAsync(_options.WalletUrl + "/#/cards");
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByTestId("card")).ToBeVisibleAsync();
    }

    [Fact]
    public void A_client_that_does_not_know_the_authority_is_not_fooled_and_the_authority_counts_for_this_name_alone()
    {
        using var authority = X509CertificateLoader.LoadCertificateFromFile(_options.Lan!.Certificates.AuthorityFile);
        using var leaf = X509CertificateLoader.LoadCertificateFromFile(_options.Lan.Certificates.LeafFile);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signing = X509Certificate2.CreateFromPemFile(_options.Lan.Certificates.AuthorityFile, _options.Path("tls", "authority.key"));
        var request = new CertificateRequest("CN=bank.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("bank.example");
        request.CertificateExtensions.Add(names.Build());
        using var stolen = request.Create(signing, leaf.NotBefore, leaf.NotAfter, [1, 2, 3]);

        Assert.True(leaf.MatchesHostname(Name));
        Assert.True(Chains(leaf, authority));
        Assert.False(Chains(leaf, null));
        Assert.False(Chains(stolen, authority));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_options.Path("tls", "authority.key")));
    }

    private static bool Chains(X509Certificate2 certificate, X509Certificate2? authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (authority is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(authority);
        }
        return chain.Build(certificate);
    }

    private string LeafKeyHash()
    {
        using var leaf = X509CertificateLoader.LoadCertificateFromFile(_options.Lan!.Certificates.LeafFile);
        return Convert.ToBase64String(SHA256.HashData(leaf.PublicKey.ExportSubjectPublicKeyInfo()));
    }
}
