using System.Net.Http;
using Identity.Issuer.Organisations;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Issuer.Tests;

/// <summary>What a page waits for when the ledger does not answer.</summary>
public sealed class ChainRecordTests
{
    [Fact]
    public async Task After_a_failure_nobody_waits_for_the_node_for_a_while_but_whoever_insists()
    {
        var node = new Unreachable();
        using var http = new HttpClient(node);
        var clock = new Standing();
        var record = Of(http, clock);

        Assert.Null(await record.TryReadAsync(default));
        Assert.Equal(1, node.Asked);
        clock.Seconds += 9;
        Assert.Null(await record.TryReadAsync(default));
        Assert.Equal(1, node.Asked);
        Assert.Null(await record.TryReadAsync(default, insist: true));
        Assert.Equal(2, node.Asked);
        clock.Seconds += 11;
        Assert.Null(await record.TryReadAsync(default));
        Assert.Equal(3, node.Asked);
    }

    /// <summary>A reading of a ledger whose node cannot be reached.</summary>
    internal static ChainRecord Of(HttpClient unreachable, TimeProvider clock) =>
        new(new RegistryAccess(new RegistryClient(new EvmClient(unreachable, new EvmOptions { Rpc = new Uri("http://node.example"), ChainId = 10037, Attempts = 1 }, clock), Address.Zero)), clock);

    internal sealed class Unreachable : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            throw new HttpRequestException("No connection.");
        }
    }

    private sealed class Standing : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
