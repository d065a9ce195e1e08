using Identity.Credentials.Verdicts;
using Identity.Hosting;
using Identity.Ledger.Mirror;
using Identity.Verifier.Data;
using Identity.Verifier.Results;
using Identity.Verifier.Status;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Identity.Verifier.CommandLine;

/// <summary>
/// One check from the command line: works on a copy of a Verifier's data in a temporary folder, so that a running Verifier is not
/// disturbed, and deletes the copy at the end.
/// </summary>
internal sealed class VerifySession : IAsyncDisposable
{
    private static readonly TimeSpan LedgerPatience = TimeSpan.FromSeconds(30);
    private readonly ServiceProvider _services;
    private readonly string _folder;

    private VerifySession(ServiceProvider services, string folder) => (_services, _folder) = (services, folder);

    /// <summary>What the user should know before the verdict; null for nothing.</summary>
    public string? Note { get; private set; }

    public static async Task<VerifySession> OpenAsync(string? data, string? rpc, string? contract, string? chainId, Action<IServiceCollection>? adjust, CancellationToken ct)
    {
        var settings = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "verifier.json"), optional: true).AddEnvironmentVariables();
        data ??= settings.Build()["Data:Folder"];
        if (data is not null && !Directory.Exists(data)) throw new SettingMissingException("Data:Folder", $"a Verifier's data folder; {data} is none");
        if (data is not null) settings.AddJsonFile(Path.GetFullPath(LedgerCoordinates.PathIn(data)), optional: true);

        var folder = Directory.CreateTempSubdirectory("identity-verify-").FullName;
        try
        {
            var given = new Dictionary<string, string?>
            {
                ["Data:Folder"] = folder,
                ["Mirror:File"] = Path.Combine(folder, "mirror.db"),
                ["ConnectionStrings:Verifier"] = $"Data Source={Path.Combine(folder, "verifier.db")}",
            };
            foreach (var (key, value) in new[] { ("Ledger:Rpc", rpc), ("Ledger:Contract", contract), ("Ledger:ChainId", chainId) })
                if (value is not null) given[key] = value;
            if (rpc is not null)
            {
                // Whoever names a node is answered by that one.
                given["Ledger:Agree"] = "1";
                foreach (var node in settings.Build().GetSection("Ledger:Nodes").GetChildren()) given[node.Path] = "";
            }
            var configuration = settings.AddInMemoryCollection(given).Build();
            if (data is not null)
                foreach (var name in new[] { "mirror.db", "verifier.db" }) Copy(Path.Combine(data, name), Path.Combine(folder, name));

            var services = new ServiceCollection();
            services.AddSingleton<IConfiguration>(configuration);
            services.AddLogging();
            services.AddSingleton(TimeProvider.System);
            services.AddOptions<OutboundOptions>().Bind(configuration.GetSection("Outbound"));
            services.AddSingleton<OutboundFetch>();
            VerifierApp.AddVerification(services, configuration, folder);
            adjust?.Invoke(services);
            var session = new VerifySession(services.BuildServiceProvider(), folder);
            await session.PrepareAsync(ct);
            return session;
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public async Task<VerdictView> CheckAsync(string text, CancellationToken ct) =>
        VerdictView.Of((await _services.GetRequiredService<Examiner>().FileAsync(text, ct)).Verdict);

    /// <summary>What the copy of the data folder gives.</summary>
    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>The same where it may be missing.</summary>
    public T? TryGet<T>() where T : class => _services.GetService<T>();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task PrepareAsync(CancellationToken ct)
    {
        await using (var db = await _services.GetRequiredService<IDbContextFactory<VerifierDb>>().CreateDbContextAsync(ct))
            await SqlMigrations.ApplyAsync(db, typeof(VerifierDb).Assembly, ct);
        if (_services.GetService<LedgerMirror>() is { } mirror)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(LedgerPatience);
            try
            {
                if (await mirror.RefreshAsync(limit.Token) is { } problem) Note = $"The ledger was not brought up to date: {problem}";
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                Note = $"The ledger did not answer within {LedgerPatience.TotalSeconds:0} seconds.";
            }
        }
        await _services.GetRequiredService<StatusCache>().LoadAsync(ct);
    }

    // A consistent copy while another process writes.
    private static void Copy(string from, string to)
    {
        if (!File.Exists(from)) return;
        using var source = new SqliteConnection($"Data Source={from};Mode=ReadOnly");
        source.Open();
        using var command = source.CreateCommand();
        command.CommandText = "VACUUM INTO $to";
        command.Parameters.AddWithValue("$to", to);
        command.ExecuteNonQuery();
    }
}
