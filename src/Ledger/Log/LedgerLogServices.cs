using System.Text;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Identity.Ledger.Witnessing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Log;

/// <summary>Registers the operator's side of the ledger: sequencer, anchoring, the keeper of proofs and the feeding of witnesses.</summary>
public static class LedgerLogServices
{
    /// <summary>Adds the workers over the app's context <typeparamref name="TDb"/>; settings in <c>Log</c> and <c>Ledger</c> are checked here.</summary>
    /// <exception cref="SettingMissingException">A setting is missing or unusable; the message names it.</exception>
    public static IServiceCollection AddLedgerLog<TDb>(this IServiceCollection services, IConfiguration configuration) where TDb : DbContext
    {
        var log = LogOptions.Read(configuration);
        configuration.Required("Log:SigningKeyFile", "the PEM file of the Ed25519 key that signs the log's checkpoints");
        if (log.Interval <= TimeSpan.Zero) throw new SettingMissingException("Log:Interval", "a time above zero, for example 00:00:01");
        var chain = ChainSettings.Read(configuration);
        if (chain.Account.Length == 0) chain.Account = "file:" + configuration.Required("Ledger:OperatorKeyFile", "the PEM file of the account that anchors the log on the chain; or name it in Ledger:Account");

        var witnesses = WitnessSettings.Read(configuration);

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ChainHttp>();
        services.AddOptions<OutboundOptions>().Bind(configuration.GetSection("Outbound"));
        services.TryAddSingleton<OutboundFetch>();
        services.AddSingleton(witnesses);
        services.AddSingleton(provider => new OperatorLog<TDb>(
            log, witnesses, provider.GetRequiredService<OutboundFetch>(), chain, LogKeyFile.Load(log.SigningKeyFile), AccountSource.Open(chain.Account),
            ChainSettings.Open(chain, provider.GetRequiredService<ChainHttp>().Client, provider.GetRequiredService<TimeProvider>()), provider.GetRequiredService<TimeProvider>(),
            mayBegin: provider.GetService<IHostEnvironment>()?.IsDevelopment() == true));
        services.AddSingleton<AnchoringHealth>();
        services.AddHealthChecks().AddCheck<AnchoringHealth>("anchoring", HealthStatus.Degraded);
        services.AddHostedService<SequencerWorker<TDb>>();
        services.AddHostedService<AnchoringWorker<TDb>>();
        services.AddHostedService<ProofWorker<TDb>>();
        services.AddHostedService<FeedingWorker<TDb>>();
        return services;
    }
}

/// <summary>The operator's log, put together once: keys, lease, sequencer, anchorer, keeper of proofs and feeders of witnesses.</summary>
internal sealed class OperatorLog<TDb> : IDisposable where TDb : DbContext
{
    private readonly Ed25519Key _key;
    private readonly IEvmSigner _account;

    public OperatorLog(LogOptions log, WitnessSettings witnesses, OutboundFetch outbound, ChainOptions chain, Ed25519Key key, IEvmSigner account, RegistryClient registry, TimeProvider clock, bool mayBegin)
    {
        _key = key;
        _account = account;
        Log = log;
        Chain = chain;
        Lease = new LogLease(log.Origin, Guid.NewGuid().ToString("N"), log.Lease, clock);
        Feeders = [.. witnesses.Witnesses.Select(w => new Feeder(log.Origin, key, w, Post, clock))];
        Guard = new StartGuard(log.Origin, Sequencer.PublicKey(key), registry, Feeders, witnesses.Mirrors, Fetch, chain.Development, mayBegin);
        Recovery = new LogRecovery(log.Origin, Sequencer.PublicKey(key), registry, Fetch);
        Sequencer = new Sequencer(log.Origin, key, log, clock, Lease, Guard);
        Anchorer = new Anchorer(log.Origin, Sequencer.PublicKey(key), registry, account, chain, Lease);
        Keeper = new ProofKeeper(registry, log.Origin, ConsensusName.TryParse(chain.Consensus, out var consensus) ? consensus : null);

        Task<FetchResult> Post(Uri address, string body, CancellationToken ct) => outbound.PostAsync(address, new StringContent(body, Encoding.UTF8, "text/plain"), "*/*", WitnessRequest.MaxBytes, ct);
        Task<FetchResult> Fetch(Uri address, int maxBytes, CancellationToken ct) => outbound.GetAsync(address, "*/*", maxBytes, ct);
    }

    public LogOptions Log { get; }

    public ChainOptions Chain { get; }

    public LogLease Lease { get; }

    /// <summary>What stands before the first signature.</summary>
    public StartGuard Guard { get; }

    public LogRecovery Recovery { get; }

    public IReadOnlyList<Feeder> Feeders { get; }

    public Sequencer Sequencer { get; }

    public Anchorer Anchorer { get; }

    public ProofKeeper Keeper { get; }

    public void Dispose()
    {
        _key.Dispose();
        _account.Dispose();
    }
}
