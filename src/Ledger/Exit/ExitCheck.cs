using System.Diagnostics.CodeAnalysis;
using Identity.Credentials.Transparency;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Mirror;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Exit;

/// <summary>How the ledger's half of a bundle was judged.</summary>
public abstract record ExitRuling
{
    private ExitRuling() { }

    /// <summary>Every part holds.</summary>
    /// <param name="AsOf">Time of the block after which all of it is.</param>
    /// <param name="Block">Its number.</param>
    /// <param name="BlockHash">Its hash, 0x-hex.</param>
    /// <param name="IsProven">By the seals of trusted validators; else the maker is believed.</param>
    public sealed record Holds(DateTimeOffset AsOf, ulong Block, string BlockHash, bool IsProven) : ExitRuling;

    /// <summary>A part does not.</summary>
    public sealed record Refused(string Reason) : ExitRuling;

    /// <summary>The trusted validators are not those of that time.</summary>
    public sealed record CannotTell(string Reason) : ExitRuling;
}

/// <summary>Judges the ledger's half of a bundle: no node, no clock, no word of whoever made it, but where nobody seals a chain's blocks.</summary>
public static class ExitCheck
{
    /// <summary>Judges.</summary>
    /// <param name="ledger">What the bundle holds.</param>
    /// <param name="trusted">Whom to believe; null where the maker is believed that the state was ever the chain's.</param>
    /// <param name="ct">Ends it.</param>
    public static ExitRuling Run(ExitLedger ledger, ValidatorFile? trusted, CancellationToken ct = default)
    {
        if (trusted is not null && (trusted.ChainId != ledger.ChainId || trusted.Contract != ledger.Contract || !trusted.Genesis.AsSpan().SequenceEqual(ledger.Genesis)))
            return new ExitRuling.Refused($"the bundle is of another chain or registry than {trusted.Name}");
        if (!TryHeader(ledger.State, out var header, out var seals, out var hash, out var reason)) return new ExitRuling.Refused($"the state's header: {reason}");
        if (header.Time != ledger.State.ProvenAt) return new ExitRuling.Refused("the state's header: the state says another time than its block");
        if (trusted is not null)
        {
            if (seals is null) return new ExitRuling.Refused("nobody seals the blocks of the bundle's chain, so no validators can prove it");
            if (header.Number == trusted.Block && hash != Hex.Encode(trusted.BlockHash)) return new ExitRuling.Refused($"the state's header: block {header.Number} is another one than in the file of validators");
            var step = ReceiptCheck.SealStep(seals, ledger.State, trusted);
            if (step.Result == StepResult.CannotTell) return new ExitRuling.CannotTell($"the state's seals: {step.Text}");
            if (step.Result != StepResult.Proven) return new ExitRuling.Refused($"the state's seals: {step.Text}");
        }
        var believed = trusted ?? Believed(ledger);
        ct.ThrowIfCancellationRequested();
        if (!ledger.State.Proof.TryVerify(header.StateRoot, ledger.Contract, believed.CodeHash, out var slots, out reason)) return new ExitRuling.Refused($"the state's proof: {reason}");
        if (ledger.Events.Any(e => e.Place.Block > header.Number || e.Place.BlockTime > header.Time)) return new ExitRuling.Refused("an event is later than the state that is to prove it");
        var selection = ExitSelection.Of(ledger.Events, ledger.Events.OfType<RegistryEvent.OrganisationRegistered>().Select(e => e.Id));
        if (selection.Events.Count != ledger.Events.Count) return new ExitRuling.Refused("an event speaks of nobody in the bundle");
        if (new RecordComparison(selection, new RegistryState(slots)).Find() is { } difference) return new ExitRuling.Refused($"the records: {difference}");
        return JudgeReceipts(ledger, selection, believed, trusted is not null, header.Number, ct) ?? JudgeEntries(ledger, ct) ?? new ExitRuling.Holds(header.Time, header.Number, hash, trusted is not null);
    }

    /// <summary>The anchors that the receipts prove, one of each size; the time is when the contract is proven to have held the root.</summary>
    internal static IEnumerable<RegistryEvent.Anchored> Anchors(ExitLedger ledger)
    {
        foreach (var receipt in ledger.Receipts)
        {
            var isLate = BlockHeader.TryDecode(receipt.State!.Header, out var header, out _) && header.Number != receipt.Anchor.Block;
            Hex.TryDecode(receipt.Anchor.Log, out var log);
            Hex.TryDecode(receipt.Anchor.Root, out var root);
            yield return new RegistryEvent.Anchored(new EventPlace(receipt.Anchor.Block, receipt.Anchor.BlockHash, receipt.Anchor.Transaction, 0, receipt.State!.ProvenAt), log, receipt.Anchor.Size, root) { IsLate = isLate };
        }
    }

    private static ExitRuling? JudgeReceipts(ExitLedger ledger, ExitSelection selection, ValidatorFile trusted, bool isSealed, ulong until, CancellationToken ct)
    {
        foreach (var receipt in ledger.Receipts)
        {
            ct.ThrowIfCancellationRequested();
            var of = $"the receipt of {Convert.ToHexStringLower(receipt.Entry!)}";
            if (!Hex.TryDecode(receipt.Anchor.Log, out var log) || !selection.Logs.Contains(Convert.ToHexString(log))) return new ExitRuling.Refused($"{of} is of a log that nobody in the bundle records in");
            if (receipt.Anchor.Block > until) return new ExitRuling.Refused($"{of} is later than the state");
            foreach (var step in ReceiptCheck.Run(receipt, receipt.Entry, trusted))
            {
                if (step.Result is StepResult.Proven or StepResult.Noted || (step.Name == "seals" && !isSealed)) continue;
                return step.Result == StepResult.CannotTell ? new ExitRuling.CannotTell($"{of}: {step.Name}: {step.Text}") : new ExitRuling.Refused($"{of}: {step.Name}: {step.Text}");
            }
        }
        return null;
    }

    // A log's entries are those of its newest receipt's tree, and each earlier root is that of the first of them.
    private static ExitRuling? JudgeEntries(ExitLedger ledger, CancellationToken ct)
    {
        foreach (var (log, entries) in ledger.Entries)
        {
            ct.ThrowIfCancellationRequested();
            var receipts = ledger.Receipts.Where(receipt => receipt.Anchor.Log == "0x" + log).ToList();
            if (receipts.Count == 0 || receipts.Max(receipt => receipt.Anchor.Size) != entries.Count) return new ExitRuling.Refused($"the log {log}: no receipt is of all its {entries.Count} entries");
            var tree = new MirrorTree();
            foreach (var entry in entries) tree.Append(entry);
            foreach (var receipt in receipts)
            {
                if (Hex.Encode(tree.RootAt(receipt.Anchor.Size)) != receipt.Anchor.Root) return new ExitRuling.Refused($"the log {log}: its first {receipt.Anchor.Size} entries do not give the root that was anchored");
            }
        }
        return null;
    }

    private static bool TryHeader(SealedState state, [NotNullWhen(true)] out BlockHeader? header, out SealedHeader? seals, out string hash, out string reason)
    {
        (seals, hash) = (null, "");
        if (!BlockHeader.TryDecode(state.Header, out header, out reason)) return false;
        if (state.Consensus is { } consensus && !SealedHeader.TryRead(header, consensus, out seals, out reason)) return false;
        hash = Hex.Encode(seals?.BlockHash() ?? Keccak256.Hash(header.Encode()));
        return true;
    }

    // Stands in for validators where there are none to trust: which chain, which contract, and nobody's seals.
    private static ValidatorFile Believed(ExitLedger ledger) => new(
        "the bundle's own chain", ledger.ChainId, ledger.Genesis, ledger.State.Consensus ?? Consensus.Qbft, ledger.Contract, Keccak256.Hash(CompiledContract.Registry.Runtime), 0, ledger.Genesis, [Address.Zero], DateTimeOffset.UnixEpoch);
}
