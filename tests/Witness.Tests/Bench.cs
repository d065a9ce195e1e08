using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Identity.Witness.Tests;

/// <summary>A log that a test makes up: as many entries as asked for, and a second story that differs from an entry on.</summary>
internal sealed class MadeUpLog(string origin, string story = "") : IDisposable
{
    private readonly Dictionary<int, byte[]> _leaves = [];

    public string Origin { get; } = origin;

    public Ed25519Key Key { get; init; } = Ed25519Key.FromSeed(SHA256.HashData(Encoding.UTF8.GetBytes(origin)));

    /// <summary>The first entry that the other story has differently.</summary>
    public int DiffersFrom { get; init; } = int.MaxValue;

    public VKey VKey => VKey.Of(Origin, NoteKeyType.Ed25519, Key);

    public Checkpoint At(int size) => new(Origin, size, size == 0 ? MerkleTree.EmptyRoot() : MerkleTree.Root(Leaves(size)));

    public string Signed(int size) => At(size).Sign(Origin, Key);

    public IReadOnlyList<byte[]> Proof(int from, int to) => from == 0 || from == to ? [] : MerkleTree.Consistency(from, to, Leaves(to));

    public WitnessRequest Request(int from, int to) => new(from, Proof(from, to), Signed(to));

    public void Dispose() => Key.Dispose();

    private byte[][] Leaves(int size) => [.. Enumerable.Range(0, size).Select(Leaf)];

    private byte[] Leaf(int at)
    {
        if (!_leaves.TryGetValue(at, out var leaf)) _leaves[at] = leaf = MerkleTree.LeafHash(SHA256.HashData(Encoding.UTF8.GetBytes(at < DiffersFrom ? $"{Origin} {at}" : $"{Origin} {at} {story}")));
        return leaf;
    }
}

/// <summary>A witness in this process, on real HTTP, whose folder outlives it.</summary>
internal sealed class Bench : IAsyncDisposable
{
    public const string Name = "witness.union.example";
    private readonly string _folder = Directory.CreateTempSubdirectory("witness-").FullName;
    private WebApplication? _app;

    public MadeUpLog Log { get; } = new("issuer.example/log");

    /// <summary>The same log with another story from its fifth entry on.</summary>
    public MadeUpLog Fork { get; } = new("issuer.example/log", "told to others") { DiffersFrom = 4 };

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    public HttpClient Http { get; private set; } = new();

    public VKey Key { get; private set; } = null!;

    public string Folder => _folder;

    public string LogsFile => Path.Combine(_folder, "logs.txt");

    public static async Task<Bench> StartAsync(params string[] settings)
    {
        var bench = new Bench();
        File.WriteAllText(bench.LogsFile, $"# what we watch\n\n{bench.Log.Origin} {bench.Log.VKey}\n");
        await bench.RestartAsync(settings);
        return bench;
    }

    public async Task RestartAsync(params string[] settings)
    {
        await StopAsync();
        _app = WitnessApp.Build(new WitnessOptions(_folder, Name, LogsFile), [$"--urls=http://127.0.0.1:{Ports.Free()}", "--Limits:Work=100000", .. settings], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<TimeProvider>(Clock);
        });
        await _app.StartAsync();
        Http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        Key = _app.Services.GetRequiredService<CosignCheckpoints>().Key;
    }

    public async Task<(int Status, string Text, string? Type)> AskAsync(string body)
    {
        using var answer = await Http.PostAsync("/add-checkpoint", new ByteArrayContent(Encoding.UTF8.GetBytes(body)));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Content.Headers.ContentType?.ToString());
    }

    public Task<(int Status, string Text, string? Type)> AskAsync(WitnessRequest request) => AskAsync(request.Text);

    /// <summary>The answer is a cosignature of this witness on this checkpoint, made now.</summary>
    public void Check_cosigned((int Status, string Text, string? Type) answer, string checkpoint)
    {
        Assert.Equal((200, "text/plain; charset=utf-8"), (answer.Status, answer.Type));
        Assert.True(SignedNote.TryParse(checkpoint + answer.Text, out var note, out _));
        Assert.True(Cosignature.TryVerify(note!, Key, out var at));
        Assert.Equal(Clock.GetUtcNow(), at);
    }

    public async Task<IReadOnlyList<ForkEvidence>> EvidenceAsync()
    {
        using var all = System.Text.Json.JsonDocument.Parse(await Http.GetStringAsync("/evidence"));
        return [.. all.RootElement.EnumerateArray().Select(one => ForkEvidence.TryParse(one.GetRawText(), out var read) ? read : throw new InvalidOperationException(one.GetRawText()))];
    }

    public async Task StopAsync()
    {
        Http.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Log.Dispose();
        Fork.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
