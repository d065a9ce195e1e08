using System.Diagnostics;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Host;
using Identity.Host.Journey;
using Identity.Host.Seed;
using Identity.Ledger.Mirror;
using Identity.TestKit;
using Identity.Verifier;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Interop.Tests;

/// <summary>The running product, as strangers meet it: over HTTP, with a real ledger node. One for all tests of this project.</summary>
public sealed class Product : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"identity-interop-{Guid.NewGuid():n}");
    private Stack _stack = null!;
    private WebApplication _second = null!;
    private string _named = "";

    /// <summary>The certificate (PEM) of the authority behind the verifier that is known by its DNS name.</summary>
    internal string Authority { get; private set; } = "";

    internal DemonstrationOptions Options { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        // Every wallet of these tests has the same address; how often one may ask is tested elsewhere.
        Environment.SetEnvironmentVariable("Limits__Secrets", "10000");
        Environment.SetEnvironmentVariable("Limits__Work", "10000");
        Options = new DemonstrationOptions(_folder, Ports.FreeBase(1, 2, 3, 4, 8));
        Options.Check();
        _stack = await Stack.StartAsync(Options, new Screen(TextWriter.Null), CancellationToken.None);

        // A second verifier on the same ledger that names itself by DNS: some wallets know no other way.
        _named = $"http://localhost:{Ports.Free()}";
        var (keys, authority) = CertifiedVerifier.Write(Path.Combine(_folder, "certified"), "localhost");
        Authority = authority;
        _second = VerifierApp.Build(
        [
            "--environment=Development", $"--urls={_named}", $"--PublicUrl={_named}", $"--Data:Folder={Path.Combine(_folder, "second")}", "--Outbound:AllowLoopback=true",
            $"--Ledger:Rpc={Options.Rpc}", $"--Ledger:Contract={_stack.Contract}", "--Ledger:ChainId=31337", "--Ledger:Development=true",
            "--Mirror:Interval=00:00:01", "--Mirror:HeadAge=00:00:00", "--Mirror:Development=true", "--Status:RefreshSeconds=2", "--Logging:LogLevel:Default=Warning",
            "--Verifier:ClientId=x509_san_dns", "--Verifier:Name=Inspector", .. keys,
        ]);
        await _second.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _second.StopAsync();
        await _second.DisposeAsync();
        await _stack.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A diploma prepared by the college: the offer's link and the code told apart.</summary>
    internal Task<(string Link, string TxCode)> OfferDiplomaAsync() => OfferAsync("qualification", Diploma());

    /// <summary>The claims of a diploma.</summary>
    internal static JsonObject Diploma() => new()
    {
        ["holder_name"] = "Amina Okoye-Reyes", ["holder_name_native"] = "أمينة أوكويي-رييس", ["title"] = "Diploma in Welding", ["kind"] = "diploma",
        ["occupation"] = "7212", ["level_eqf"] = 4, ["awarded_on"] = "2024-06-28", ["awarding_body"] = "Port Selin Technical College",
        ["awarding_country"] = "XT", ["origin"] = "original",
    };

    /// <summary>A credential prepared by the college.</summary>
    internal async Task<(string Link, string TxCode)> OfferAsync(string type, JsonObject claims)
    {
        using var college = College();
        var made = await college.PostAsync($"/api/{Cast.College}/credentials", new JsonObject { ["type"] = type, ["reference"] = $"I-{Guid.NewGuid().ToString("n")[..8]}", ["claims"] = claims }, CancellationToken.None);
        return ((string)made["offer"]!["link"]!, (string)made["offer"]!["txCode"]!);
    }

    /// <summary>An identity that a second person at the ministry has not approved yet, on offer all the same.</summary>
    internal async Task<(string Id, string Link, string TxCode)> OfferPersonInWaitingAsync()
    {
        using var clerk = Ministry(approver: false);
        var made = await clerk.PostAsync($"/api/{Cast.Interior}/credentials", new JsonObject
        {
            ["type"] = "person",
            ["reference"] = $"I-{Guid.NewGuid().ToString("n")[..8]}",
            ["claims"] = new JsonObject { ["full_name"] = "Amina Okoye-Reyes", ["birth_date"] = "1995", ["assurance"] = "document-checked", ["issuing_country"] = "XT" },
        }, CancellationToken.None);
        var id = (string)made["id"]!;
        var offer = await clerk.PostAsync($"/api/{Cast.Interior}/credentials/{id}/offer", [], CancellationToken.None);
        return (id, (string)offer["link"]!, (string)offer["txCode"]!);
    }

    /// <summary>The second person approves.</summary>
    internal async Task ApprovePersonAsync(string id)
    {
        using var approver = Ministry(approver: true);
        var waits = await approver.GetAsync($"/api/{Cast.Interior}/credentials/{id}", CancellationToken.None);
        await approver.PostAsync($"/api/{Cast.Interior}/credentials/{id}/approval?asked={waits["asked"]}", [], CancellationToken.None);
    }

    /// <summary>What happened to a person's identity, in order.</summary>
    internal async Task<IReadOnlyList<string>> HistoryAsync(string id)
    {
        using var clerk = Ministry(approver: false);
        var details = await clerk.GetAsync($"/api/{Cast.Interior}/credentials/{id}", CancellationToken.None);
        return [.. details["events"]!.AsArray().Select(e => (string)e!["act"]!)];
    }

    /// <summary>A verifier's question: its link for the wallet, and how to read the result in the session that asked.</summary>
    internal async Task<Question> AskAsync(JsonObject request, bool byDnsName = false)
    {
        var desk = new Api(byDnsName ? _named : Options.VerifierUrl);
        var made = await desk.PostAsync("/api/requests", request, CancellationToken.None);
        return new Question(desk, (string)made["id"]!, (string)made["link"]!);
    }

    /// <summary>A question of the registered desk, within one of its purposes.</summary>
    internal async Task<Question> AskAtDeskAsync(JsonObject query, string purpose)
    {
        var desk = new Api(Options.VerifierUrl);
        await desk.PostAsync("/api/desk/session", new JsonObject { ["key"] = _stack.DeskKey }, CancellationToken.None);
        var made = await desk.PostAsync("/api/desk/requests", new JsonObject { ["dcql_query"] = query.DeepClone(), ["purpose_id"] = purpose, ["flow"] = "cross_device" }, CancellationToken.None);
        return new Question(desk, (string)made["id"]!, (string)made["link"]!);
    }

    /// <summary>Waits until the verifier's copy of the ledger knows the anchor of each of these.</summary>
    internal async Task AnchoredAsync(IEnumerable<string> sdJwts, IEnumerable<string>? compacts = null)
    {
        var entries = sdJwts.Select(text => Credentials.Entry.OfJwt(text.Split('~')[0]))
            .Concat((compacts ?? []).Select(text => Base64Url.TryDecode(text, out var bytes) && CompactCredential.TryDecode(bytes, out var compact, out _)
                ? Credentials.Entry.OfCose(compact!.IssuerSign1) : throw new FormatException())).ToList();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(90); await Task.Delay(200))
        {
            if (Mirrors().All(mirror => entries.All(entry => mirror.FindEntry(entry) is { AnchoredAt: not null }))) return;
        }
        throw new TimeoutException("The credentials were not anchored in time.");
    }

    private IEnumerable<LedgerMirror> Mirrors() => [_stack.Mirror, _second.Services.GetRequiredService<LedgerMirror>()];

    private Api Ministry(bool approver)
    {
        var access = _stack.Access.Single(a => a.Organisation == Cast.Interior);
        return new(Options.IssuerUrl, approver ? access.ApproverKey : access.ApiKey);
    }

    private Api College() => new(Options.IssuerUrl, _stack.Access.Single(a => a.Organisation == Cast.College).ApiKey);
}

/// <summary>One question of a verifier's desk.</summary>
internal sealed record Question(Api Desk, string Id, string Link) : IDisposable
{
    /// <summary>What the desk reads.</summary>
    public Task<JsonObject> ResultAsync() => Desk.GetAsync($"/api/requests/{Id}", CancellationToken.None);

    /// <summary>The verdicts as the desk reads them.</summary>
    public async Task<IReadOnlyList<JsonObject>> VerdictsAsync()
    {
        var result = await ResultAsync();
        return result["verdicts"]?.AsArray().Select(v => v!["verdict"]!.AsObject()).ToList() ?? throw new InvalidOperationException($"No verdict: {result}");
    }

    public void Dispose() => Desk.Dispose();
}

/// <summary>The tests of this project share one running product and so run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class InteropTests : ICollectionFixture<Product>
{
    public const string Name = "interop";
}
