using Identity.Credentials.Accreditation;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Registry;

/// <summary>Turns logs of the registry contract into events.</summary>
internal static class RegistryEventReader
{
    private delegate RegistryEvent Read(EventPlace place, IReadOnlyList<byte[]> topics, AbiReader data);

    /// <summary>First topic → number of indexed arguments, number of others, how to read them.</summary>
    private static readonly Dictionary<string, (int Indexed, int Words, Read Read)> Readers = new()
    {
        [Key(RegistryAbi.OrganisationRegistered)] = (1, 3, (place, topics, data) =>
            new RegistryEvent.OrganisationRegistered(place, topics[1], data.Address(), (OrganisationRoles)data.Uint64(31), data.Text())),
        [Key(RegistryAbi.OrganisationChanged)] = (1, 2, (place, topics, data) =>
            new RegistryEvent.OrganisationChanged(place, topics[1], data.Address(), (OrganisationRoles)data.Uint64(31))),
        [Key(RegistryAbi.SupervisionChanged)] = (1, 1, (place, topics, data) => new RegistryEvent.SupervisionChanged(place, topics[1], data.Uint64())),
        [Key(RegistryAbi.AccreditationGranted)] = (3, 5, (place, topics, data) =>
            new RegistryEvent.AccreditationGranted(place, Number(topics[1]), topics[2], Number(topics[3]) is > 0 and var parent ? parent : null, (AccreditationRight)data.Uint64(3),
                data.Bytes32(), Time(data.Uint64()), TimeOrNone(data.Uint64()), data.Text())),
        [Key(RegistryAbi.AccreditationWithdrawn)] = (1, 1, (place, topics, data) =>
            new RegistryEvent.AccreditationWithdrawn(place, Number(topics[1]), Time(data.Uint64()))),
        [Key(RegistryAbi.KeyAdded)] = (2, 3, (place, topics, data) =>
            new RegistryEvent.KeyAdded(place, topics[1], topics[2], Time(data.Uint64()), data.Bytes32(), data.Bytes32())),
        [Key(RegistryAbi.KeyEnded)] = (2, 2, (place, topics, data) =>
            new RegistryEvent.KeyEnded(place, topics[1], topics[2], Time(data.Uint64()), (KeyEnding)data.Uint64(2))),
        [Key(RegistryAbi.LogRegistered)] = (1, 3, (place, topics, data) =>
            new RegistryEvent.LogRegistered(place, topics[1], data.Address(), data.Bytes32(), data.Text())),
        [Key(RegistryAbi.LogChanged)] = (1, 3, (place, topics, data) =>
            new RegistryEvent.LogChanged(place, topics[1], data.Address(), data.Bytes32(), (long)data.Uint64(long.MaxValue))),
        [Key(RegistryAbi.LogUsed)] = (2, 0, (place, topics, _) => new RegistryEvent.LogUsed(place, topics[1], topics[2])),
        [Key(RegistryAbi.OrganisationClosed)] = (2, 2, (place, topics, data) =>
            new RegistryEvent.OrganisationClosed(place, topics[1], topics[2], data.Bytes32(), data.Text())),
        [Key(RegistryAbi.ClosingUndone)] = (1, 0, (place, topics, _) => new RegistryEvent.ClosingUndone(place, topics[1])),
        [Key(RegistryAbi.DepositaryNamed)] = (2, 0, (place, topics, _) => new RegistryEvent.DepositaryNamed(place, topics[1], topics[2])),
        [Key(RegistryAbi.DepositAccepted)] = (2, 0, (place, topics, _) => new RegistryEvent.DepositAccepted(place, topics[1], topics[2])),
        [Key(RegistryAbi.VerifierRegistered)] = (3, 2, (place, topics, data) =>
            new RegistryEvent.VerifierRegistered(place, Number(topics[1]), topics[2], topics[3], Time(data.Uint64()), data.Text())),
        [Key(RegistryAbi.VerifierWithdrawn)] = (1, 0, (place, topics, _) => new RegistryEvent.VerifierWithdrawn(place, Number(topics[1]))),
        [Key(RegistryAbi.Anchored)] = (1, 2, (place, topics, data) =>
            new RegistryEvent.Anchored(place, topics[1], (long)data.Uint64(long.MaxValue), data.Bytes32())),
    };

    /// <summary>The event, or null for one this version does not know.</summary>
    /// <exception cref="EvmException">The contract cannot have written this: the node is broken.</exception>
    public static RegistryEvent? TryRead(EvmLog log, DateTimeOffset blockTime)
    {
        if (log.Topics.Count == 0 || !Readers.TryGetValue(Hex.Encode(log.Topics[0]), out var kind)) return null;
        var place = new EventPlace(log.Block, log.BlockHash, log.TransactionHash, log.Index, blockTime);
        var data = new AbiReader(log.Data, kind.Words);
        var read = log.Topics.Count == kind.Indexed + 1 ? kind.Read(place, log.Topics, data) : null;
        return read is not null && data.Finish() ? read : throw new EvmException("The ledger node answered with a registry event that the contract cannot have written.");
    }

    internal static DateTimeOffset Time(ulong seconds) => DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(seconds, 253402300799));

    internal static DateTimeOffset? TimeOrNone(ulong seconds) => seconds == 0 ? null : Time(seconds);

    private static ulong Number(byte[] topic) => new AbiReader(topic, 1).Uint64();

    private static string Key(string signature) => Hex.Encode(Abi.Topic(signature));
}
