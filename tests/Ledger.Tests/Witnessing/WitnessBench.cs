using System.Net.Http.Headers;
using System.Text;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Log;
using Identity.Ledger.Mirror;
using Identity.Ledger.Tests.Log;
using Identity.Ledger.Witnessing;
using Microsoft.Extensions.Options;

namespace Identity.Ledger.Tests.Witnessing;

/// <summary>A log, its witnesses as processes, and the wire between them.</summary>
internal sealed class WitnessBench : IDisposable
{
    private readonly OutboundFetch _outbound = new(Options.Create(new OutboundOptions { AllowLoopback = true, Timeout = TimeSpan.FromMinutes(1) }));

    public WitnessBench(string origin = TestLog.Origin)
    {
        Log = new TestLog(origin);
        Log.Clock.Set(DateTimeOffset.UtcNow); // witnesses have a clock of their own
    }

    public TestLog Log { get; }

    /// <summary>Bodies sent to witnesses.</summary>
    public List<string> Sent { get; } = [];

    public static WitnessPolicy Policy(int required, params WitnessProcess[] witnesses) =>
        WitnessPolicy.TryRead(required, [.. witnesses.Select(w => w.Key.ToString())], out var policy, out var reason) ? policy : throw new InvalidOperationException(reason);

    public Feeder Feeder(WitnessProcess witness, TestLog? log = null) => new((log ?? Log).Name, (log ?? Log).Key, witness.Peer, PostAsync, (log ?? Log).Clock);

    public async Task<FeedStep> FeedAsync(Feeder feeder, TestLog? log = null)
    {
        await using var db = (log ?? Log).Open();
        return await feeder.RunAsync(db, default);
    }

    public async Task GrowAsync(params int[] entries)
    {
        await Log.AppendAsync(entries);
        Assert.IsType<SequencerRound.Signed>(await Log.RoundAsync());
    }

    /// <summary>The checkpoint as it is served now.</summary>
    public async Task<SignedNote> ServedAsync(int required = 0, TestLog? log = null)
    {
        await using var db = (log ?? Log).Open();
        var reader = new LogReader(db);
        await reader.ReleaseAsync(required, (log ?? Log).Clock.GetUtcNow() - WitnessSettings.Patience, default);
        var served = (await reader.ServedAsync(required, default))!;
        Assert.True(SignedNote.TryParse(await reader.CosignedAsync(served.Size, served.Note, default), out var note, out _));
        return note!;
    }

    public Task<FetchResult> PostAsync(Uri address, string body, CancellationToken ct)
    {
        Sent.Add(body);
        return _outbound.PostAsync(address, new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("text/plain")), "*/*", 65536, ct);
    }

    public Task<FetchResult> FetchAsync(Uri address, int maxBytes, CancellationToken ct) => _outbound.GetAsync(address, "*/*", maxBytes, ct);

    public void Dispose()
    {
        _outbound.Dispose();
        Log.Dispose();
    }
}
