using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Tests.Evm;

/// <summary>A node that answers as a test wants: for each method a function from parameters to a result, or a thrown refusal.</summary>
internal sealed class ScriptedNode : HttpMessageHandler
{
    public const ulong ChainId = 1337;

    private readonly Dictionary<string, Func<JsonArray, JsonNode?>> _answers = new()
    {
        ["eth_chainId"] = _ => "0x539",
    };

    public List<(string Host, string Method, JsonArray Parameters)> Asked { get; } = [];

    /// <summary>Looks at the whole exchange, after the answer was made; may change it.</summary>
    public Action<JsonObject>? Tamper { get; set; }

    public Func<HttpRequestMessage, HttpResponseMessage?>? Network { get; set; }

    public ScriptedNode On(string method, Func<JsonArray, JsonNode?> answer)
    {
        _answers[method] = answer;
        return this;
    }

    public EvmClient Client(Func<EvmOptions, EvmOptions>? change = null) => new(new HttpClient(this), (change ?? (o => o))(new EvmOptions
    {
        Rpc = new Uri("http://first.example/"), ChainId = ChainId, Attempts = 3, Backoff = TimeSpan.FromMilliseconds(1),
        PollInterval = TimeSpan.FromMilliseconds(1), RequestTimeout = TimeSpan.FromSeconds(60), ReceiptTimeout = TimeSpan.FromSeconds(60),
    }), TimeProvider.System);

    public int Count(string method) => Asked.Count(asked => asked.Method == method);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Network?.Invoke(request) is { } other) return other;
        var body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!.AsObject();
        var (method, parameters) = (body["method"]!.GetValue<string>(), body["params"]!.AsArray());
        lock (Asked) Asked.Add((request.RequestUri!.Host, method, parameters));

        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = body["id"]!.DeepClone() };
        try
        {
            answer["result"] = _answers.TryGetValue(method, out var script) ? script(parameters) : throw new Refusal(-32601, $"the method {method} does not exist");
        }
        catch (Refusal refusal)
        {
            answer["error"] = new JsonObject { ["code"] = refusal.Code, ["message"] = refusal.Message, ["data"] = refusal.RevertData };
        }
        Tamper?.Invoke(answer);
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer.ToJsonString(), Encoding.UTF8, "application/json") };
    }

    public sealed class Refusal(int code, string message, string? data = null) : Exception(message)
    {
        public int Code { get; } = code;

        public string? RevertData { get; } = data;
    }
}

/// <summary>A chain of scripted blocks that mines what is sent to it, one block each.</summary>
internal sealed class ScriptedChain
{
    public ScriptedNode Node { get; } = new();

    public ulong Height { get; set; } = 10;

    /// <summary>Part of every block's hash: another fork has other hashes.</summary>
    public string Fork { get; set; } = "a";

    public Dictionary<string, (ulong Block, string Fork)> Mined { get; } = [];

    public Func<string, JsonNode?> OnSend { get; set; }

    public ScriptedChain()
    {
        OnSend = Mine;
        Node.On("eth_getBlockByNumber", p => p[0]!.GetValue<string>() == "latest" ? Block(Height) : Convert.ToUInt64(p[0]!.GetValue<string>(), 16) is var n && n <= Height ? Block(n) : null);
        Node.On("eth_getTransactionCount", _ => Hex.Quantity((ulong)Mined.Count));
        Node.On("eth_estimateGas", _ => "0x5208");
        Node.On("eth_call", _ => "0x");
        Node.On("eth_sendRawTransaction", p => OnSend(HashOf(p)));
        Node.On("eth_getTransactionReceipt", p => Mined.TryGetValue(p[0]!.GetValue<string>(), out var at) ? Receipt(p[0]!.GetValue<string>(), at.Block, at.Fork) : null);
    }

    public JsonNode? Mine(string hash)
    {
        if (!Mined.ContainsKey(hash)) Mined[hash] = (++Height, Fork);
        return hash;
    }

    public static string Hash(string seed) => Hex.Encode(Keccak256.Hash(Encoding.UTF8.GetBytes(seed)));

    public JsonObject Block(ulong number) => new()
    {
        ["number"] = Hex.Quantity(number), ["hash"] = Hash(Fork + number), ["timestamp"] = Hex.Quantity(1_700_000_000 + number),
    };

    private static string HashOf(JsonArray parameters) => Hex.TryDecode(parameters[0]!.GetValue<string>(), out var raw) ? Hex.Encode(Keccak256.Hash(raw)) : "";

    public static JsonObject Receipt(string transaction, ulong block, string fork) => new()
    {
        ["transactionHash"] = transaction, ["blockNumber"] = Hex.Quantity(block), ["blockHash"] = Hash(fork + block),
        ["status"] = "0x1", ["gasUsed"] = "0x5208", ["contractAddress"] = null, ["logs"] = new JsonArray(),
    };
}
