using Identity.Issuer.Organisations;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Issuer.Verifiers;

/// <summary>
/// Reads from the ledger who is registered as a verifier and which organisations may register them. In memory: it is read again at
/// each start, and from the first block when a development chain was begun anew.
/// </summary>
internal sealed partial class FollowVerifiers(RegistryAccess registry, VerifierLists lists, IConfiguration configuration, TimeProvider clock, ILogger<FollowVerifiers> log) : BackgroundService
{
    private readonly TimeSpan _pause = TimeSpan.FromSeconds(configuration.GetValue("Ledger:Development", false) ? 1 : 15);
    private VerifierFacts _facts = new();
    private (ulong Number, string Hash)? _mark;
    private string? _said;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
                _said = null;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                if (fault.Message != _said) LogFault(log, fault.Message);
                _said = fault.Message;
            }
            await Task.Delay(_pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reads what is new.</summary>
    internal async Task LookAsync(CancellationToken ct)
    {
        var client = registry.Client;
        if (!await client.IsDeployedAsync(ct) || await client.Evm.FinalHeadAsync(ct) is not { } head) return;
        if (_mark is { } mark && (await client.Evm.BlockAsync(mark.Number, ct))?.Hash != mark.Hash)
        {
            // Behind is not another chain: wait for the node, unless it may have lost its history.
            if (head.Number < mark.Number && !client.Evm.Options.MayLoseHistory) return;
            (_facts, _mark) = (new VerifierFacts(), null);
        }

        // Events go into a copy: a reader never sees half a look.
        var facts = _facts.Copy();
        await facts.ReadAsync(client, _mark is null ? 0 : _mark.Value.Number + 1, head.Number, ct);
        (_facts, _mark) = (facts, (head.Number, head.Hash));
        lists.Learn(facts, clock.GetUtcNow());
    }

    // Warning once per trouble: lists go on being served, and expire when it lasts.
    [LoggerMessage(Level = LogLevel.Warning, Message = "The registrations of verifiers could not be read from the ledger; trying again: {Fault}")]
    private static partial void LogFault(ILogger log, string fault);
}

/// <summary>What the ledger says about verifiers and their authorities. Not changed once it is handed over.</summary>
internal sealed class VerifierFacts
{
    private const ulong Step = 2000;
    private readonly List<RegistryEvent> _events = [];

    public VerifierRegister Register { get; } = new();

    public HashSet<string> Authorities { get; } = [];

    public void Apply(RegistryEvent registryEvent)
    {
        if (registryEvent is RegistryEvent.OrganisationRegistered registered && registered.Roles.HasFlag(OrganisationRoles.VerifierAuthority)) Authorities.Add(Convert.ToHexString(registered.Id));
        else if (registryEvent is RegistryEvent.VerifierRegistered or RegistryEvent.VerifierWithdrawn) Register.Apply(registryEvent);
        else return;
        _events.Add(registryEvent);
    }

    /// <summary>Takes in what stands in these blocks, the last included.</summary>
    public async Task ReadAsync(RegistryClient client, ulong first, ulong last, CancellationToken ct)
    {
        for (var from = first; from <= last; from += Step)
            foreach (var registryEvent in await client.ReadEventsAsync(from, Math.Min(from + Step - 1, last), ct)) Apply(registryEvent);
    }

    public VerifierFacts Copy()
    {
        var copy = new VerifierFacts();
        foreach (var registryEvent in _events) copy.Apply(registryEvent);
        return copy;
    }
}
