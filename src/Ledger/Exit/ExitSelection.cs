using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Exit;

/// <summary>
/// Which part of the registry some organisations need to be judged for ever: their own events, and those of everybody above them in a chain of accreditations, of whoever took over from one
/// that closed, of those that they themselves took over from, and of the logs that they record in. Of each organisation all events, so that two selections can be compared.
/// </summary>
/// <param name="Events">In the chain's order, without anchors.</param>
/// <param name="Organisations">Ids of all organisations, 64 hexadecimal digits in upper case.</param>
/// <param name="Logs">Ids of the logs, likewise.</param>
internal sealed record ExitSelection(IReadOnlyList<RegistryEvent> Events, IReadOnlySet<string> Organisations, IReadOnlySet<string> Logs)
{
    /// <summary>Selects.</summary>
    /// <param name="acts">All events of the registry, in the chain's order.</param>
    /// <param name="subjects">Ids of the organisations.</param>
    public static ExitSelection Of(IReadOnlyList<RegistryEvent> acts, IEnumerable<byte[]> subjects)
    {
        var named = subjects.Select(Convert.ToHexString).ToHashSet();
        // In whose place they may have issued: whether that one is closed, and who was in charge when, decides of it.
        var organisations = named.Concat(acts.Select(Depositary).Where(deposit => deposit is var (_, depositary) && named.Contains(Convert.ToHexString(depositary))).Select(deposit => Convert.ToHexString(deposit!.Value.Closed))).ToHashSet();
        var holders = acts.OfType<RegistryEvent.AccreditationGranted>().GroupBy(e => e.Number).ToDictionary(e => e.Key, e => Convert.ToHexString(e.First().Holder));
        int before;
        do
        {
            before = organisations.Count;
            foreach (var registryEvent in acts)
            {
                if (registryEvent is RegistryEvent.AccreditationGranted { Parent: { } parent } granted && organisations.Contains(Convert.ToHexString(granted.Holder)) && holders.TryGetValue(parent, out var above)) organisations.Add(above);
                if (Depositary(registryEvent) is var (closed, depositary) && organisations.Contains(Convert.ToHexString(closed))) organisations.Add(Convert.ToHexString(depositary));
            }
        }
        while (organisations.Count > before);
        var logs = acts.OfType<RegistryEvent.LogUsed>().Where(e => organisations.Contains(Convert.ToHexString(e.Organisation))).Select(e => Convert.ToHexString(e.Log)).ToHashSet();
        return new ExitSelection([.. acts.Where(e => OwnerOf(e, number => holders.GetValueOrDefault(number)) is var (owner, isLog) && (isLog ? logs : organisations).Contains(owner))], organisations, logs);
    }

    /// <summary>Whose history an event belongs to: an organisation's or a log's; null for verifiers and anchors.</summary>
    /// <param name="registryEvent">The event.</param>
    /// <param name="holderOf">Who holds the accreditation of a number.</param>
    public static (string Id, bool IsLog)? OwnerOf(RegistryEvent registryEvent, Func<ulong, string?> holderOf)
    {
        return registryEvent switch
        {
            RegistryEvent.OrganisationRegistered e => Of(e.Id),
            RegistryEvent.OrganisationChanged e => Of(e.Id),
            RegistryEvent.SupervisionChanged e => Of(e.Id),
            RegistryEvent.AccreditationGranted e => Of(e.Holder),
            RegistryEvent.AccreditationWithdrawn e => holderOf(e.Number) is { } holder ? (holder, false) : null,
            RegistryEvent.KeyAdded e => Of(e.Organisation),
            RegistryEvent.KeyEnded e => Of(e.Organisation),
            RegistryEvent.LogUsed e => Of(e.Organisation),
            RegistryEvent.OrganisationClosed e => Of(e.Organisation),
            RegistryEvent.ClosingUndone e => Of(e.Organisation),
            RegistryEvent.DepositaryNamed e => Of(e.Organisation),
            RegistryEvent.DepositAccepted e => Of(e.Organisation),
            RegistryEvent.LogRegistered e => (Convert.ToHexString(e.Log), true),
            RegistryEvent.LogChanged e => (Convert.ToHexString(e.Log), true),
            _ => null,
        };

        static (string, bool)? Of(byte[] organisation) => (Convert.ToHexString(organisation), false);
    }

    /// <summary>The place of every word that the registry holds for these events (<see cref="RegistrySlots"/>), each once.</summary>
    public IReadOnlyList<byte[]> Slots()
    {
        var slots = new Dictionary<string, byte[]>();
        foreach (var id in Organisations.Select(Convert.FromHexString))
        {
            Add([RegistrySlots.Organisation(id)]);
            Add(RegistrySlots.Closing(id));
        }
        foreach (var id in Logs.Select(Convert.FromHexString)) Add(RegistrySlots.Log(id));
        foreach (var registryEvent in Events)
        {
            if (registryEvent is RegistryEvent.KeyAdded key) Add(RegistrySlots.Key(key.Thumbprint));
            if (registryEvent is RegistryEvent.AccreditationGranted granted) Add(RegistrySlots.Accreditation(granted.Number));
            if (registryEvent is RegistryEvent.LogUsed used) Add([RegistrySlots.LogSince(used.Organisation, used.Log)]);
        }
        return [.. slots.Values];

        void Add(IEnumerable<byte[]> places)
        {
            foreach (var place in places) slots.TryAdd(Convert.ToHexString(place), place);
        }
    }

    // Zeros where no depositary is named.
    private static (byte[] Closed, byte[] Depositary)? Depositary(RegistryEvent registryEvent) => registryEvent switch
    {
        RegistryEvent.OrganisationClosed e when e.Depositary.AsSpan().ContainsAnyExcept((byte)0) => (e.Organisation, e.Depositary),
        RegistryEvent.DepositaryNamed e => (e.Organisation, e.Depositary),
        _ => null,
    };
}
