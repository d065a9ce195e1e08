using Identity.Credentials.Transparency;
using Identity.Credentials.Verdicts;
using Identity.Hosting;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Evm;
using Identity.Ledger.Exit;
using Identity.Ledger.Log;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Mirror;

// What the mirror gives to an exit bundle.
public sealed partial class LedgerMirror
{
    private const int MostSubjects = 64;
    private const int SlotsAtOnce = 512;
    private const int MaxExitReceipt = 1024 * 1024;

    /// <summary>Reads what is new on the chain, and in the logs in which one organisation records: those of others keep nobody waiting.</summary>
    /// <param name="organisation">Id of 32 bytes.</param>
    /// <returns>Null when the chain was read to its end, else why not.</returns>
    public async Task<string?> RefreshAsync(byte[] organisation, CancellationToken ct)
    {
        if (await ReadChainAsync(ct) is { } problem) return problem;
        await Task.WhenAll(Logs.Where(log => UsesLog(organisation, log.Origin, DateTimeOffset.MaxValue)).Select(log => ReadLogAsync(log.Origin, ct)));
        await CountAsync();
        return null;
    }

    /// <summary>
    /// Collects what an exit bundle holds of the ledger, as of the newest block that was read: of an organisation, with its whole logs; or of one entry, with the records of whoever may have
    /// issued it. Receipts come from the logs' operators or from other mirrors, the state from the chain's node. Nothing of it is judged here.
    /// </summary>
    /// <remarks>A log's operator is often the issuer, and knows whose entry it is. So it is asked for the last entry below the anchor alone, which is the same whichever entry is meant; the path of the entry comes from the tree here.</remarks>
    /// <param name="organisation">Id of 32 bytes; may be null where an entry is given: then everybody who records in the entry's log is taken.</param>
    /// <param name="entry">32 bytes; null for the whole organisation.</param>
    public async Task<ExitGathering> GatherAsync(byte[]? organisation, byte[]? entry, CancellationToken ct)
    {
        if (_registry is null) return new ExitGathering.NotReady(ExitGap.Archive, "This is an archive: the bundles that it was made of say the same.");
        ChainMark? mark;
        ExitPlan plan;
        await _one.WaitAsync(ct); // of one look; what others are asked for afterwards holds up no look
        try
        {
            mark = _file.Mark();
            if (mark is null) return new ExitGathering.NotReady(ExitGap.NotRead, "The chain has not been read yet.");
            if (Plan(organisation, entry, mark.Block, out plan) is { } problem) return problem;
        }
        finally
        {
            _one.Release();
        }

        try
        {
            var state = await StateAsync(plan.Selection, mark, ct);
            var receipts = new List<LogReceipt>();
            foreach (var wanted in plan.Receipts)
                if (await ReceiptAsync(wanted, mark.Block, ct) is { } receipt) receipts.Add(receipt);
            if (entry is not null && receipts.TrueForAll(receipt => !receipt.Entry.AsSpan().SequenceEqual(entry)))
                return new ExitGathering.NotReady(ExitGap.NoReceipt, "Neither the log's operator nor a mirror gives a receipt of the entry with a proof of the ledger's state. It is kept some seconds after anchoring.");
            var entries = new Dictionary<string, IReadOnlyList<byte[]>>();
            foreach (var origin in plan.WholeLogs)
            {
                var log = Hex.Encode(RegistryClient.LogId(origin));
                if (receipts.Where(receipt => receipt.Anchor.Log == log).Max(receipt => (long?)receipt.Anchor.Size) is { } size) entries[log[2..]] = _file.Entries(origin, 0, checked((int)size));
            }
            if (entry is null && entries.Count == 0) return new ExitGathering.NotReady(ExitGap.NoReceipt, "No log's operator gives a receipt with a proof of the ledger's state.");
            Hex.TryDecode(mark.Genesis, out var genesis);
            return new ExitGathering.Ready(new ExitLedger(_chainId, _registry.Contract, genesis, plan.Selection.Events, state, receipts, entries), plan.Subjects, plan.Receipts.Count - receipts.Count);
        }
        catch (EvmException fault)
        {
            return new ExitGathering.NotReady(ExitGap.NoState, $"The ledger's node gives no state to prove the bundle by: {fault.Message}");
        }
    }

    /// <summary>Who records in a log that holds the entry, as far as it is known here.</summary>
    public IReadOnlyList<OrganisationRecord> Recording(byte[] entry)
    {
        var data = _data;
        lock (data.Gate) return Recording(data, Holding(data, entry));
    }

    private static List<MirroredLog> Holding(MirrorData data, byte[] entry) => [.. data.Logs.Values.Where(log => log.Alarm is null && log.Tree.TryFind(entry, out _))];

    private static List<OrganisationRecord> Recording(MirrorData data, List<MirroredLog> logs) => [.. data.Registry.Organisations.Where(o => logs.Exists(log => data.Registry.LogSince(o.Id, log.Origin) is not null))];

    private ExitGathering.NotReady? Plan(byte[]? organisation, byte[]? entry, ulong block, out ExitPlan plan)
    {
        var data = _data;
        plan = null!;
        List<MirroredLog> holding;
        List<OrganisationRecord> subjects;
        RegistryEvent[] acts;
        lock (data.Gate)
        {
            if (data.ChainAlarm is { } alarm) return new(ExitGap.Alarm, $"The copy of the ledger is in alarm: {alarm}");
            holding = entry is null ? [] : Holding(data, entry);
            if (entry is not null && holding.Count == 0) return new(ExitGap.Unknown, "No log is known to hold the entry.");
            if (organisation is not null)
            {
                if (data.Registry.FindOrganisation(organisation) is not { } found) return new(ExitGap.Unknown, "No organisation is registered with this id.");
                subjects = [found];
            }
            else subjects = Recording(data, holding);
            if (subjects.Count is 0 or > MostSubjects) return new(ExitGap.Ambiguous, $"{subjects.Count} organisations record in the entry's log: name the one that issued it.");
            if (organisation is not null && data.Registry.FindOrganisationByIssuer(subjects[0].Issuer) != subjects[0]) return new(ExitGap.Unknown, "Another organisation has registered the same issuer identifier before.");
            acts = [.. data.Selectable];
        }

        // Verdicts need the gate; the whole register is looked through without it.
        var selection = ExitSelection.Of(acts, subjects.Select(subject => subject.Id));
        // Nobody need want the accreditations that are granted to them: somebody may have made these too many, and no waiting changes that.
        if (selection.Slots().Count is var words && words > _options.MostWords) return new(ExitGap.TooLarge, $"The ledger has {words} words of the organisation and of those above it, more than one bundle takes; the most are {_options.MostWords}.");
        lock (data.Gate)
        {
            var receipts = new List<IReadOnlyList<WantedReceipt>>();
            List<MirroredLog> whole = entry is null ? [.. data.Logs.Values.Where(log => data.Registry.LogSince(subjects[0].Id, log.Origin) is not null)] : [];
            foreach (var log in whole)
            {
                if (log.Alarm is not null) return new(ExitGap.Alarm, $"The log {log.Origin} is in alarm: {log.Alarm}");
                receipts.AddRange(log.Anchors.Where(anchor => anchor.Place.Block <= block).Select(anchor => (IReadOnlyList<WantedReceipt>)[Want(log, anchor.Size - 1, anchor)]));
            }
            if (entry is not null)
            {
                holding.RemoveAll(log => !selection.Logs.Contains(Convert.ToHexString(RegistryClient.LogId(log.Origin))));
                if (holding.Count == 0) return new(ExitGap.Unknown, "The organisation does not record in the entry's log.");
                if (Places(entry) is not { Count: > 0 } places) return new(ExitGap.NotAnchored, "No anchor on the ledger covers the entry yet. It takes a minute or two after issuing.");
                receipts.Add(places);
                receipts.AddRange(subjects.SelectMany(subject => data.Registry.Closing(subject.Id)?.FinalLists ?? []).Select(final => Places(final.Entry)).Where(found => found.Count > 0));
            }
            plan = new ExitPlan(selection, subjects, [.. receipts.DistinctBy(places => Convert.ToHexString(places[0].Entry))], [.. whole.Select(log => log.Origin)]);
            return null;

            // Anybody can copy an entry into a log: that of whoever issued it comes first, then the earliest anchor.
            List<WantedReceipt> Places(byte[] wanted) =>
            [
                .. from log in data.Logs.Values
                   where log.Alarm is null && selection.Logs.Contains(Convert.ToHexString(RegistryClient.LogId(log.Origin)))
                   let index = log.Tree.TryFind(wanted, out var at) ? at : -1
                   let anchor = index < 0 ? null : log.AnchorOf(index)
                   where anchor is not null && anchor.Place.Block <= block
                   orderby subjects.Exists(subject => data.Registry.LogSince(subject.Id, log.Origin) is not null) descending, anchor.Place.BlockTime
                   select Want(log, index, anchor),
            ];
        }

        WantedReceipt Want(MirroredLog log, long index, RegistryEvent.Anchored anchor) =>
            new(log, _file.Entries(log.Origin, index, 1).Single(), _file.Entries(log.Origin, anchor.Size - 1, 1).Single(), index, log.Tree.Path(index, anchor.Size), anchor);
    }

    private async Task<SealedState> StateAsync(ExitSelection selection, ChainMark mark, CancellationToken ct)
    {
        var evm = _registry!.Evm;
        var headers = new HeaderReader(evm, await HeaderReader.ConsensusAsync(evm, mark.Block, mark.Hash, ct));
        var header = await headers.HeaderAsync(mark.Block, mark.Hash, ct);
        var slots = selection.Slots();
        IReadOnlyList<byte[]> account = [];
        var storage = new List<SlotProof>();
        foreach (var some in slots.Chunk(SlotsAtOnce))
        {
            var proof = await evm.ProveAsync(_registry.Contract, some, mark.Block, ct);
            account = proof.Account;
            storage.AddRange(proof.Storage);
        }
        var whole = new StateProof(account, storage);
        if (!whole.TryVerify(header.StateRoot, _registry.Contract, Keccak256.Hash(CompiledContract.Registry.Runtime), out var held, out var reason)) throw new EvmException($"Its proof of block {mark.Block} does not hold: {reason}.");
        return new SealedState(headers.Consensus, header.Encode(), whole.Saying(held), [.. (await headers.ChangesAsync(await headers.GenesisAsync(ct), header, ct)).Select(change => change.Encode())], header.Time);
    }

    // From the first of the places whose log gives one.
    private async Task<LogReceipt?> ReceiptAsync(IReadOnlyList<WantedReceipt> places, ulong until, CancellationToken ct)
    {
        foreach (var wanted in places)
        {
            foreach (var place in LogPlace.Of(wanted.Log.Origin, _options))
            {
                if (place.Address($"receipt/{Convert.ToHexStringLower(wanted.Asked)}") is not { } address || await _fetch!(address, MaxExitReceipt, ct) is not FetchResult.Answer { IsSuccess: true } answer) continue;
                if (!LogReceipt.TryParse(answer.Body, out var read, out _) || read is not [{ State: not null } receipt] || receipt.Anchor.Block > until || !wanted.Log.IsSigned(receipt.Proof.Checkpoint, wanted.Anchor)) continue;
                return receipt with { Entry = wanted.Entry, Proof = new TlogProof(wanted.Index, wanted.Path, receipt.Proof.Checkpoint) };
            }
        }
        return null;
    }

    private sealed record ExitPlan(ExitSelection Selection, IReadOnlyList<OrganisationRecord> Subjects, IReadOnlyList<IReadOnlyList<WantedReceipt>> Receipts, IReadOnlyList<string> WholeLogs);

    /// <summary>An entry in a log, and what the log is asked for to prove it: the last entry below the anchor.</summary>
    private sealed record WantedReceipt(MirroredLog Log, byte[] Entry, byte[] Asked, long Index, IReadOnlyList<byte[]> Path, RegistryEvent.Anchored Anchor);
}
