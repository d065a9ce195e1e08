using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using System.Web;
using Identity.Credentials.Verifiers;
using Identity.Host;
using Identity.Host.Journey;
using Identity.Host.Seed;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.TestKit;
using Identity.Wallet.Holder;
using Microsoft.Extensions.Options;
using Identity.Tests.Shared;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Everything once for all tests of a collection: the stack on free ports, and two Chromiums, the phones' and the desk's, each with a camera that sees what a test holds before it.</summary>
public sealed class Surroundings : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"identity-browser-{Guid.NewGuid():n}");
    private Stack? _stack;
    private IPlaywright? _playwright;
    private IBrowser? _phones;
    private IBrowser? _desks;
    private JsonObject? _verdict;
    private IReadOnlyList<CredentialCopy>? _held;
    private bool _audited;

    internal static IOptions<OutboundOptions> Outbound { get; } = Microsoft.Extensions.Options.Options.Create(new OutboundOptions { AllowLoopback = true, Timeout = TimeSpan.FromMinutes(1) });

    /// <summary>What the phones' camera sees.</summary>
    internal FakeCamera Camera { get; } = new();

    /// <summary>What the desk's camera sees.</summary>
    internal FakeCamera DeskCamera { get; } = new();

    internal DemonstrationOptions Options { get; private set; } = null!;

    internal Stack Stack => _stack!;

    public async Task InitializeAsync()
    {
        Options = new DemonstrationOptions(_folder, Ports.FreeBase(1, 2, 3, 4, 8));
        Options.Check();
        _stack = await Stack.StartAsync(Options, new Screen(TextWriter.Null), CancellationToken.None);
        await WalletKnowsVerifiersAsync();
        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(60_000);
        _phones = await LaunchAsync(Camera);
        _desks = await LaunchAsync(DeskCamera);
    }

    // The list of registered verifiers reaches the wallet's service seconds after the registrations.
    private async Task WalletKnowsVerifiersAsync()
    {
        using var http = new HttpClient();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(200))
        {
            using var answer = await http.GetAsync($"{Options.WalletUrl}/verifiers.jwt");
            if (answer.IsSuccessStatusCode && VerifierList.TryRead(await answer.Content.ReadAsStringAsync(), Stack.ListSigners, out var list, out _) && list.Verifiers.Count >= 3) return;
        }
        throw new TimeoutException("The wallet's service has no whole list of registered verifiers.");
    }

    public async Task DisposeAsync()
    {
        // What did not start hides its reason behind no other fault.
        if (_phones is not null) await _phones.DisposeAsync();
        if (_desks is not null) await _desks.DisposeAsync();
        _playwright?.Dispose();
        if (_stack is not null) await _stack.DisposeAsync();
        Camera.Dispose();
        DeskCamera.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A browser profile of its own: another phone, or another desk. A desk keeps no files for later unless <paramref name="keeping"/>: what a test puts in the way of its requests is then always met.</summary>
    internal async Task<IPage> OpenAsync(string language, int width, int height, bool dark = false, bool desk = false, bool keeping = false)
    {
        var context = await (desk ? _desks : _phones)!.NewContextAsync(new BrowserNewContextOptions
        {
            Locale = language,
            ViewportSize = new ViewportSize { Width = width, Height = height },
            DeviceScaleFactor = width < 600 ? 2 : 1,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            Permissions = ["camera"],
            ServiceWorkers = desk && !keeping ? ServiceWorkerPolicy.Block : ServiceWorkerPolicy.Allow,
        });
        context.SetDefaultTimeout(60_000);
        await Slowness.ApplyAsync(context, desk);
        return await context.NewPageAsync();
    }

    /// <summary>A person of an organisation, signed in at its console.</summary>
    internal async Task<IPage> SignedInAsync(string organisation, string language, int width, int height, string role = "clerk", bool dark = false)
    {
        var page = await OpenAsync(language, width, height, dark, desk: true);
        var access = Stack.Access.Single(a => a.Organisation == organisation);
        var (user, password) = role == "clerk" ? (access.UserName, access.Password) : access.Staff.Where(s => s.Role == role).Select(s => (s.UserName, s.Password)).Single();
        await EnterAsync(page, $"{Options.IssuerUrl}/console", user, password);
        return page;
    }

    /// <summary>A person of an organisation, signed in at Audit's desk.</summary>
    internal async Task<IPage> SignedInAtAuditAsync(string organisation, string language)
    {
        var page = await OpenAsync(language, 360, 640, desk: true);
        var access = Stack.AuditAccess.Single(a => a.Organisation == organisation);
        await EnterAsync(page, $"{Options.AuditUrl}/desk", access.UserName, access.Password);
        return page;
    }

    /// <summary>A person of the union, signed in at the desk for people without a phone.</summary>
    internal async Task<IPage> SignedInAtDeskAsync(string language, int width = 360, int height = 640)
    {
        var page = await OpenAsync(language, width, height, desk: true);
        var access = Stack.Desks.Single();
        await EnterAsync(page, $"{Options.WalletUrl}/desk", access.UserName, access.Password);
        return page;
    }

    /// <summary>Signs in with name and password at the desk of this address.</summary>
    internal static async Task EnterAsync(IPage page, string address, string user, string password)
    {
        await page.GotoAsync(address);
        await page.GetByTestId("user-name").FillAsync(user);
        await page.GetByTestId("password").FillAsync(password);
        await page.GetByTestId("sign-in").ClickAsync();
        await Assertions.Expect(page.GetByTestId("sign-out")).ToBeVisibleAsync();
    }

    /// <summary>Prepares a diploma through the college's API; the offer's link and its transaction code.</summary>
    internal async Task<Offered> OfferDiplomaAsync()
    {
        using var college = College();
        var made = await college.PostAsync($"/api/{Cast.College}/credentials", Diploma(), CancellationToken.None);
        var offer = made["offer"]!.AsObject();
        return new Offered((string)made["id"]!, (string)offer["link"]!, (string)offer["txCode"]!, (string)offer["walletLink"]!);
    }

    /// <summary>The link of an offer that opens our wallet, as if the college handed out cards on its own page alone.</summary>
    internal async Task<string> ByPageAsync(Offered offered)
    {
        using var http = new HttpClient();
        var uri = HttpUtility.ParseQueryString(offered.Link[(offered.Link.IndexOf('?', StringComparison.Ordinal) + 1)..])["credential_offer_uri"];
        var offer = JsonNode.Parse(await http.GetStringAsync(uri))!;
        offer["grants"]!.AsObject().Remove("urn:ietf:params:oauth:grant-type:pre-authorized_code");
        return $"{Options.WalletUrl}/#offer?credential_offer={Uri.EscapeDataString(offer.ToJsonString())}";
    }

    /// <summary>An identity that a second person at the ministry has not approved yet, on offer all the same; and that approval.</summary>
    internal async Task<(Offered Offered, Func<Task> Approve)> OfferPersonInWaitingAsync()
    {
        var access = Stack.Access.Single(a => a.Organisation == Cast.Interior);
        using var clerk = new Api(Options.IssuerUrl, access.ApiKey);
        var made = await clerk.PostAsync($"/api/{Cast.Interior}/credentials", new JsonObject
        {
            ["type"] = "person", ["reference"] = $"B-{Guid.NewGuid().ToString("n")[..8]}",
            ["claims"] = new JsonObject { ["full_name"] = "Amina Okoye-Reyes", ["birth_date"] = "1995", ["assurance"] = "document-checked", ["issuing_country"] = "XT" },
        }, CancellationToken.None);
        var id = (string)made["id"]!;
        var offer = await clerk.PostAsync($"/api/{Cast.Interior}/credentials/{id}/offer", [], CancellationToken.None);
        return (new Offered(id, (string)offer["link"]!, (string)offer["txCode"]!, (string)offer["walletLink"]!), async () =>
        {
            using var approver = new Api(Options.IssuerUrl, access.ApproverKey);
            var waits = await approver.GetAsync($"/api/{Cast.Interior}/credentials/{id}", CancellationToken.None);
            await approver.PostAsync($"/api/{Cast.Interior}/credentials/{id}/approval?asked={waits["asked"]}", [], CancellationToken.None);
        });
    }

    /// <summary>A moment as a field of the browser for date and time holds it: Chromium leaves out seconds that are zero.</summary>
    internal static string InField(DateTimeOffset time) => time.ToString(time.Second == 0 ? "yyyy-MM-dd'T'HH:mm" : "yyyy-MM-dd'T'HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What the college's API is given for a diploma.</summary>
    internal static JsonObject Diploma() => new()
    {
        ["type"] = "qualification",
        ["reference"] = $"B-{Guid.NewGuid().ToString("n")[..8]}",
        ["claims"] = new JsonObject
        {
            ["holder_name"] = "Amina Okoye-Reyes", ["holder_name_native"] = "أمينة أوكويي-رييس", ["title"] = "Diploma in Welding", ["kind"] = "diploma",
            ["occupation"] = "7212", ["level_eqf"] = 4, ["awarded_on"] = "2024-06-28", ["awarding_body"] = "Port Selin Technical College",
            ["awarding_country"] = "XT", ["origin"] = "original",
        },
    };

    /// <summary>A browser of its own that sees what the phones' camera sees.</summary>
    internal Task<IBrowser> LaunchPhoneAsync(params string[] more) => LaunchAsync(Camera, more);

    /// <summary>The phones' browser again, on a device that has the fonts which this file of fontconfig names.</summary>
    internal Task<IBrowser> LaunchPhoneWithFontsAsync(string settings) => LaunchAsync(Camera, settings, []);

    /// <summary>Waits until every copy of a credential stands in the verifier's copy of the ledger.</summary>
    internal async Task AnchoredAsync(Offered offered, string issuer = Cast.College)
    {
        using var api = new Api(Options.IssuerUrl, Stack.Access.Single(a => a.Organisation == issuer).ApiKey);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(200))
        {
            var details = await api.GetAsync($"/api/{issuer}/credentials/{offered.Id}", CancellationToken.None);
            var entries = details["copies"]!.AsArray().Select(copy => Convert.FromHexString((string)copy!["entry"]!)).ToList();
            if (entries.Count > 0 && entries.All(entry => Stack.Mirror.FindEntry(entry)?.AnchoredAt is not null)) return;
        }
        throw new TimeoutException("The credential was not anchored in time.");
    }

    /// <summary>Waits until the college hands out the proof of every copy.</summary>
    internal async Task ProvenAsync(Offered offered)
    {
        using var college = College();
        using var http = new HttpClient();
        var details = await college.GetAsync($"/api/{Cast.College}/credentials/{offered.Id}", CancellationToken.None);
        foreach (var entry in details["copies"]!.AsArray().Select(copy => (string)copy!["entry"]!))
            for (var clock = Stopwatch.StartNew(); ; await Task.Delay(200))
            {
                using var answer = await http.GetAsync($"{Options.IssuerUrl}/log/receipt/{entry}");
                if (answer.StatusCode is HttpStatusCode.OK && JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["anchor"] is not null) break;
                if (clock.Elapsed > TimeSpan.FromSeconds(60)) throw new TimeoutException("The credential has no proof in time.");
            }
    }

    /// <summary>The college revokes.</summary>
    internal async Task RevokeAsync(Offered offered)
    {
        using var college = College();
        await college.PostAsync($"/api/{Cast.College}/credentials/{offered.Id}/revocation", new JsonObject { ["reason"] = "Awarded by mistake" }, CancellationToken.None);
    }

    /// <summary>What the verifier says of a diploma that is genuine and on the ledger; a fresh copy of the same answer each time.</summary>
    internal async Task<JsonObject> VerdictAsync()
    {
        _verdict ??= await CheckedAsync();
        return _verdict.DeepClone().AsObject();
    }

    /// <summary>Somebody with a diploma that stands on the ledger answers a request, on a phone that is not in a browser.</summary>
    internal async Task AnswerAsync(string requestLink)
    {
        using var fetch = new OutboundFetch(Outbound);
        await PlayJourney.AnswerAsync(new PresentCredentials(fetch, Outbound, TimeProvider.System), requestLink, await HeldAsync(), CancellationToken.None);
    }

    /// <summary>The journey of an audit, played once: workers enough to be counted, a version that was changed, a worker who took back what was shown.</summary>
    internal async Task AuditedAsync()
    {
        if (_audited) return;
        using var said = new StringWriter();
        _audited = await new PlayAudit(Options, Stack.AuditAccess, isNew: false, Stack.Contract, new Screen(said)).RunAsync(CancellationToken.None);
        Assert.True(_audited, said.ToString());
    }

    /// <summary>What a phone answers to the question on this screen: the text that it would show as a code.</summary>
    internal async Task<string> AnswerAsync(VerifierPage desk)
    {
        var question = await desk.Page.Locator("[data-challenge]").GetAttributeAsync("data-challenge");
        var (answer, refusal) = PresentCredentials.AnswerChallenge(question!, (await HeldAsync())[0], []);
        Assert.Null(refusal);
        return answer!;
    }

    /// <summary>A diploma as its holder's file has it.</summary>
    internal async Task<string> HeldTextAsync() => (await HeldAsync())[0].SdJwt;

    private async Task<IReadOnlyList<CredentialCopy>> HeldAsync()
    {
        if (_held is not null) return _held;
        using var fetch = new OutboundFetch(Outbound);
        var offered = await OfferDiplomaAsync();
        var received = Assert.IsType<Reception.Received>(await new ReceiveCredentials(fetch, TimeProvider.System).FromOfferAsync(offered.Link, offered.TxCode, 1, CancellationToken.None));
        await AnchoredAsync(offered);
        return _held = received.Copies;
    }

    private async Task<JsonObject> CheckedAsync()
    {
        using var desk = new Api(Options.VerifierUrl);
        return await desk.PostAsync("/api/check", new JsonObject { ["credential"] = (await HeldAsync())[0].SdJwt }, CancellationToken.None);
    }

    private Api College() => new(Options.IssuerUrl, Stack.Access.Single(a => a.Organisation == Cast.College).ApiKey);

    private Task<IBrowser> LaunchAsync(FakeCamera camera, params string[] more) => LaunchAsync(camera, null, more);

    private Task<IBrowser> LaunchAsync(FakeCamera camera, string? fonts, string[] more) => _playwright!.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
    {
        Env = fonts is null ? null : Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(e => KeyValuePair.Create((string)e.Key, (string)e.Value!)).Where(e => e.Key != "FONTCONFIG_FILE").Append(KeyValuePair.Create("FONTCONFIG_FILE", fonts)),
        ExecutablePath = Chromium(),
        Args =
        [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", $"--use-file-for-fake-video-capture={camera.File}",
            .. more,
        ],
    });

    private static string? Chromium() =>
        new[] { Environment.GetEnvironmentVariable("IDENTITY_CHROMIUM"), "/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser" }
            .FirstOrDefault(path => !string.IsNullOrEmpty(path) && System.IO.File.Exists(path));
}

/// <summary>A credential on offer.</summary>
internal sealed record Offered(string Id, string Link, string TxCode, string WalletLink);

/// <summary>The browser tests share one set of surroundings and so run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<Surroundings>
{
    public const string Name = "browser";
}
