using System.Globalization;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Tests.Evm;

/// <summary>Several scripted nodes of what should be one chain, at http://one.example/, http://two.example/, …</summary>
internal sealed class ScriptedNetwork : HttpMessageHandler
{
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_100);

    private static readonly string[] Names = ["one", "two", "three", "four"];

    public ScriptedNetwork(int nodes) => Chains = [.. Enumerable.Range(0, nodes).Select(_ => new ScriptedChain())];

    public IReadOnlyList<ScriptedChain> Chains { get; }

    public HashSet<int> Dead { get; } = [];

    public SteppedClock Clock { get; } = new();

    public static Uri Address(int node) => new($"http://{Names[node]}.example/");

    public int Asked(int node, string? method = null) => Chains[node].Node.Asked.Count(asked => method is null || asked.Method == method);

    public EvmClient Client(Func<EvmOptions, EvmOptions>? change = null) => new(new HttpClient(this), (change ?? (o => o))(new EvmOptions
    {
        Rpc = Address(0), OtherNodes = [.. Enumerable.Range(1, Chains.Count - 1).Select(Address)], ChainId = ScriptedNode.ChainId, Backoff = TimeSpan.FromMilliseconds(1),
        PollInterval = TimeSpan.FromMilliseconds(1), RequestTimeout = TimeSpan.FromSeconds(60), ReceiptTimeout = TimeSpan.FromSeconds(60),
    }), Clock);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var node = Array.IndexOf(Names, request.RequestUri!.Host.Split('.')[0]);
        if (Dead.Contains(node)) throw new HttpRequestException("refused");
        return new HttpMessageInvoker(Chains[node].Node, disposeHandler: false).SendAsync(request, cancellationToken);
    }

    /// <summary>Stands still until it is moved; what waits on it waits in real time.</summary>
    internal sealed class SteppedClock : TimeProvider
    {
        private TimeSpan _moved;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now + _moved;

        public override long GetTimestamp() => _moved.Ticks;

        public void Move(int seconds) => _moved += TimeSpan.FromSeconds(seconds);

        public override string ToString() => GetUtcNow().ToString("u", CultureInfo.InvariantCulture);
    }
}
