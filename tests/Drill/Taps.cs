using Npgsql;

namespace Identity.Drill;

/// <summary>All who stand between the Issuer and what it writes to, when it is to be killed at chosen points.</summary>
internal sealed class Taps : IAsyncDisposable
{
    private readonly SqliteTap? _sqlite;
    private readonly PostgresTap? _postgres;
    private readonly NodeTap _node;

    private Taps(KillPoints points, SqliteTap? sqlite, PostgresTap? postgres, NodeTap node) => (Points, _sqlite, _postgres, _node) = (points, sqlite, postgres, node);

    public KillPoints Points { get; }

    /// <summary>Where the Issuer finds the ledger's node.</summary>
    public string Rpc => _node.Url;

    /// <summary>What the Issuer needs in its environment.</summary>
    public IReadOnlyDictionary<string, string>? Environment => _sqlite?.Environment;

    /// <param name="folder">An own, short path for sockets.</param>
    /// <param name="postgres">The server's connection string; null on SQLite.</param>
    /// <param name="rpc">The ledger's node.</param>
    public static async Task<Taps> StartAsync(string folder, string? postgres, Uri rpc)
    {
        var points = new KillPoints();
        return new Taps(points, postgres is null ? new SqliteTap(folder, points) : null,
            postgres is null ? null : new PostgresTap(folder, new NpgsqlConnectionStringBuilder(postgres).Host!, points), await NodeTap.StartAsync(rpc, points));
    }

    /// <summary>The same database, reached through here.</summary>
    public static string Through(string folder, string postgres) => new NpgsqlConnectionStringBuilder(postgres) { Host = folder }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        if (_sqlite is not null) await _sqlite.DisposeAsync();
        if (_postgres is not null) await _postgres.DisposeAsync();
    }
}
