namespace Identity.Ledger.Embedded;

/// <summary>A local ledger node for one machine: a stand-in for a permissioned network, and never more than that.</summary>
public sealed class AnvilNode : IAsyncDisposable
{
    /// <summary>Its chain id.</summary>
    public const ulong ChainId = 31337;

    /// <summary>JSON-RPC on loopback.</summary>
    public Uri Rpc => throw new NotImplementedException();

    /// <summary>Its process id.</summary>
    public int ProcessId => throw new NotImplementedException();

    /// <summary>Completes with the exit code when the node ends, whoever ended it.</summary>
    public Task<int> Exited => throw new NotImplementedException();

    /// <summary>Starts the node and waits until it answers.</summary>
    /// <param name="port">The port on 127.0.0.1, or 0 for a free one.</param>
    /// <param name="stateFile">Where its state survives a restart, or null to forget it.</param>
    /// <param name="binary">The program, or null to look for node_modules upwards from here.</param>
    /// <param name="ct">Gives up the start.</param>
    /// <exception cref="InvalidOperationException">The binary is missing, the port is taken, or the node ended at once; the message says which and what to do.</exception>
    public static Task<AnvilNode> StartAsync(int port = 0, string? stateFile = null, string? binary = null, CancellationToken ct = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
