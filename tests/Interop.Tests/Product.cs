using System.Diagnostics;
using System.Text.Json.Nodes;
using Identity.Credentials.SdJwt;
using Identity.Host;
using Identity.Host.Journey;
using Identity.Host.Seed;
using Identity.TestKit;

namespace Identity.Interop.Tests;

/// <summary>The running product, as strangers meet it: over HTTP, with a real ledger node. One for all tests of this project.</summary>
public sealed class Product : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"identity-interop-{Guid.NewGuid():n}");
    private Stack _stack = null!;

    internal DemonstrationOptions Options { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Options = new DemonstrationOptions(_folder, Ports.FreeBase(1, 2, 3, 4, 8));
        Options.Check();
        _stack = await Stack.StartAsync(Options, new Screen(TextWriter.Null), CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _stack.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A diploma prepared by the college: the offer's link and the code told apart.</summary>
    internal async Task<(string Link, string TxCode)> OfferDiplomaAsync()
    {
        using var college = College();
        var made = await college.PostAsync($"/api/{Cast.College}/credentials", new JsonObject
        {
            ["type"] = "qualification",
            ["reference"] = $"I-{Guid.NewGuid().ToString("n")[..8]}",
            ["claims"] = new JsonObject
            {
                ["holder_name"] = "Amina Okoye-Reyes", ["holder_name_native"] = "أمينة أوكويي-رييس", ["title"] = "Diploma in Welding", ["kind"] = "diploma",
                ["occupation"] = "7212", ["level_eqf"] = 4, ["awarded_on"] = "2024-06-28", ["awarding_body"] = "Port Selin Technical College",
                ["awarding_country"] = "XT", ["origin"] = "original",
            },
        }, CancellationToken.None);
        return ((string)made["offer"]!["link"]!, (string)made["offer"]!["txCode"]!);
    }

    /// <summary>A verifier's question: its link for the wallet, and how to read the result in the session that asked.</summary>
    internal async Task<Question> AskAsync(JsonObject request)
    {
        var desk = new Api(Options.VerifierUrl);
        var made = await desk.PostAsync("/api/requests", request, CancellationToken.None);
        return new Question(desk, (string)made["id"]!, (string)made["link"]!);
    }

    /// <summary>Waits until the verifier's copy of the ledger knows the anchor of each of these.</summary>
    internal async Task AnchoredAsync(IEnumerable<string> sdJwts)
    {
        var entries = sdJwts.Select(text => SdJwtDocument.TryParse(text, out var document, out var reason)
            ? Credentials.Entry.OfJwt(document.Jwt.Compact) : throw new InvalidOperationException(reason)).ToList();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(90); await Task.Delay(200))
        {
            if (entries.All(entry => _stack.Mirror.FindEntry(entry)?.AnchoredAt is not null)) return;
        }
        throw new TimeoutException("The credentials were not anchored in time.");
    }

    private Api College() => new(Options.IssuerUrl, _stack.Access.Single(a => a.Organisation == Cast.College).ApiKey);
}

/// <summary>One question of a verifier's desk.</summary>
internal sealed record Question(Api Desk, string Id, string Link) : IDisposable
{
    /// <summary>The verdicts as the desk reads them.</summary>
    public async Task<IReadOnlyList<JsonObject>> VerdictsAsync()
    {
        var result = await Desk.GetAsync($"/api/requests/{Id}", CancellationToken.None);
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
