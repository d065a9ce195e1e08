using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Transparency;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;

namespace Identity.Ledger.Proofs;

/// <summary>How a step came out.</summary>
public enum StepResult
{
    /// <summary>It holds.</summary>
    Proven,

    /// <summary>It does not.</summary>
    NotProven,

    /// <summary>What is at hand does not decide it.</summary>
    CannotTell,

    /// <summary>Worth knowing, and nothing depends on it.</summary>
    Noted,
}

/// <summary>One step of checking a receipt.</summary>
/// <param name="Name">entry, path, checkpoint, root, account, header, seals, key, organisation, accreditation, log, closing.</param>
/// <param name="Text">What was found, as a sentence; may hold text of the receipt.</param>
public sealed record ReceiptStep(string Name, StepResult Result, string Text);

/// <summary>
/// Follows a receipt from the entry up to the seals of the validators that somebody trusts: no node, no clock, no word of whoever gave the receipt. Each step is judged by itself; only all together
/// prove anything, and then that the entry stood in the log no later than the header's time.
/// </summary>
public static class ReceiptCheck
{
    /// <summary>The steps, from the entry up.</summary>
    /// <param name="receipt">What was kept.</param>
    /// <param name="entry">Of what it is to be a receipt: 32 bytes, from the credential; null where nobody has that.</param>
    /// <param name="trusted">Whom to believe.</param>
    /// <param name="key">Thumbprint of the key that signed the credential; null where that is not known.</param>
    public static IReadOnlyList<ReceiptStep> Run(LogReceipt receipt, byte[]? entry, ValidatorFile trusted, byte[]? key = null)
    {
        if (!Checkpoint.TryParse(receipt.Proof.Checkpoint, out var checkpoint, out _)) return [Not("checkpoint", "the receipt holds no checkpoint")];
        var log = SHA256.HashData(Encoding.UTF8.GetBytes(checkpoint!.Origin));
        var steps = new List<ReceiptStep> { EntryStep(receipt, entry), PathStep(receipt, entry ?? receipt.Entry, checkpoint) };

        BlockHeader? header = null;
        ReceiptStep headerStep, seals, account, root;
        RegistryState? held = null;
        var isAtAnchor = false;
        if (receipt.State is not { } state)
        {
            const string none = "the receipt carries no proof of the ledger's state; it may have been fetched too early, and can be fetched again";
            (headerStep, seals, account, root) = (Cannot("header", none), Cannot("seals", none), Cannot("account", none), Cannot("root", none));
        }
        else
        {
            (header, headerStep, seals, isAtAnchor) = HeaderSteps(receipt.Anchor, state, trusted);
            (account, root, held) = StateSteps(receipt.Anchor, state, header, trusted, checkpoint, log);
        }
        steps.Add(CheckpointStep(receipt.Anchor, checkpoint, log, held));
        steps.AddRange([root, account, headerStep, seals]);
        if (held is not null && header is not null) steps.AddRange(RecordCheck.Run(held, key, header.Time, isAtAnchor, log));
        return steps;
    }

    /// <summary>What all steps come to: <see cref="StepResult.NotProven"/> where one fails, else <see cref="StepResult.CannotTell"/> where one is open.</summary>
    public static StepResult Sum(IEnumerable<ReceiptStep> steps)
    {
        var results = steps.Select(step => step.Result).ToList();
        return results.Contains(StepResult.NotProven) ? StepResult.NotProven : results.Contains(StepResult.CannotTell) ? StepResult.CannotTell : StepResult.Proven;
    }

    private static ReceiptStep EntryStep(LogReceipt receipt, byte[]? entry)
    {
        if (entry is null) return receipt.Entry is null ? Cannot("entry", "the receipt does not say of what it is: give the credential") : Cannot("entry", $"it is of entry {Convert.ToHexStringLower(receipt.Entry)}; without the credential nobody can say what that is");
        return receipt.Entry is null || receipt.Entry.AsSpan().SequenceEqual(entry)
            ? Yes("entry", $"the credential's entry is {Convert.ToHexStringLower(entry)}") : Not("entry", "the receipt is of another copy than the given one");
    }

    private static ReceiptStep PathStep(LogReceipt receipt, byte[]? entry, Checkpoint checkpoint)
    {
        if (entry is null) return Cannot("path", "without an entry no path can be followed");
        return MerkleTree.VerifyInclusion(receipt.Proof.Index, checkpoint.Size, MerkleTree.LeafHash(entry), checkpoint.Root, receipt.Proof.Path)
            ? Yes("path", $"it is number {receipt.Proof.Index} of the {checkpoint.Size} entries of {checkpoint.Origin}") : Not("path", "the path does not lead from the entry to the checkpoint's root");
    }

    private static ReceiptStep CheckpointStep(ReceiptAnchor anchor, Checkpoint checkpoint, byte[] log, RegistryState? held)
    {
        if (anchor.Log != Hex.Encode(log) || anchor.Size != checkpoint.Size || anchor.Root != Hex.Encode(checkpoint.Root)) return Not("checkpoint", "the anchor is of another checkpoint");
        if (held is null) return Cannot("checkpoint", "by which key it must be signed is not proven");
        if (held.Log(log) is not { } registered) return Not("checkpoint", "the registry held no such log");
        if (checkpoint.Verify(checkpoint.Origin, registered.Ed25519Key)) return Yes("checkpoint", "it is signed by the key that the registry names for this log");
        return checkpoint.Size < registered.KeyFromSize
            ? new("checkpoint", StepResult.Noted, "the log has had another key since; that the registry holds its root is what counts") : Not("checkpoint", "the log's key did not sign it");
    }

    private static (ReceiptStep Account, ReceiptStep Root, RegistryState? Held) StateSteps(ReceiptAnchor anchor, SealedState state, BlockHeader? header, ValidatorFile trusted, Checkpoint checkpoint, byte[] log)
    {
        if (header is null) return (Not("account", "there is no header to prove it by"), Not("root", "there is no header to prove it by"), null);
        if (anchor.ChainId != trusted.ChainId || anchor.Contract != trusted.Contract.ToString()) return (Not("account", $"the receipt is of another network or contract than {trusted.Name}"), Cannot("root", "the contract is another one"), null);
        if (!state.Proof.TryAccount(header.StateRoot, trusted.Contract, trusted.CodeHash, out var storage, out var reason)) return (Not("account", reason), Cannot("root", "the contract's storage is not proven"), null);
        var account = Yes("account", $"the registry {trusted.Contract} is part of that state, with the code that is trusted");
        if (!state.Proof.TrySlots(storage, out var slots, out reason)) return (account, Not("root", reason), null);
        var held = new RegistryState(slots);
        if (!held.Has([RegistrySlots.RootAt(log, checkpoint.Size), .. RegistrySlots.Log(log)])) return (account, Cannot("root", "the slots of this log are not in the proof"), null);
        if (held.RootAt(log, checkpoint.Size) is not { } root) return (account, Not("root", "the registry held no root of this size"), held);
        return (account, root.AsSpan().SequenceEqual(checkpoint.Root) ? Yes("root", $"the registry holds the checkpoint's root for the first {checkpoint.Size} entries") : Not("root", "the registry holds another root"), held);
    }

    private static (BlockHeader? Header, ReceiptStep Step, ReceiptStep Seals, bool IsAtAnchor) HeaderSteps(ReceiptAnchor anchor, SealedState state, ValidatorFile trusted)
    {
        if (!BlockHeader.TryDecode(state.Header, out var header, out var reason)) return (null, Not("header", reason), Cannot("seals", "there is no header"), false);
        SealedHeader? read = null;
        if (state.Consensus is { } consensus && !SealedHeader.TryRead(header, consensus, out read, out reason)) return (null, Not("header", reason), Cannot("seals", "the header has none"), false);
        var hash = Hex.Encode(read?.BlockHash() ?? Keccak256.Hash(header.Encode()));
        var isAtAnchor = header.Number == anchor.Block;
        ReceiptStep step;
        if (header.Number < anchor.Block || (isAtAnchor && hash != anchor.BlockHash)) step = Not("header", $"block {header.Number} is not the one of the anchor");
        else if (header.Time != state.ProvenAt || (isAtAnchor && header.Time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) != anchor.Time)) step = Not("header", "the receipt states another time than the block");
        else if (header.Number == trusted.Block && hash != Hex.Encode(trusted.BlockHash)) step = Not("header", $"block {header.Number} is another one than in the file of validators");
        else step = Yes("header", $"block {header.Number} of {header.Time:u} has the hash {hash}{(isAtAnchor ? "" : $"; the anchor itself, in block {anchor.Block}, is no longer proven, so this later time counts")}");
        return (header, step, read is null
            ? Cannot("seals", "nobody seals the blocks of this network, it is a demonstration: that this block was ever made is a node's word")
            : SealStep(read, state, trusted), isAtAnchor);
    }

    internal static ReceiptStep SealStep(SealedHeader header, SealedState state, ValidatorFile trusted)
    {
        if (state.Consensus != trusted.Consensus) return Not("seals", $"the header is sealed by the rules of {ConsensusName.Of(state.Consensus)}, the network's are those of {ConsensusName.Of(trusted.Consensus)}");
        var set = new ValidatorSet([.. trusted.Validators]);
        var followed = 0;
        if (header.Header.Number > trusted.Block)
        {
            foreach (var rlp in state.Changes)
            {
                if (!BlockHeader.TryDecode(rlp, out var plain, out var reason) || !SealedHeader.TryRead(plain, trusted.Consensus, out var change, out reason)) return Not("seals", $"a change of validators is unreadable: {reason}");
                if (plain.Number <= trusted.Block || plain.Number > header.Header.Number) continue;
                if (!set.TryVerify(change, out var next, out reason)) return Judged(set, change, $"a change of validators cannot be followed: {reason}");
                if (!ReferenceEquals(next, set)) followed++;
                set = next;
            }
        }
        if (!set.TryVerify(header, out _, out var why)) return Judged(set, header, why);
        var sealing = header.Validators.Count(header.Committers().Contains);
        return Yes("seals", $"{sealing} of {header.Validators.Count} validators sealed it, {ValidatorSet.Quorum(header.Validators.Count)} are needed{(followed == 0 ? "" : $"; {followed} changes of validators were followed from block {trusted.Block} on")}");
    }

    /// <summary>Too few seals prove nothing, whoever they are of; validators that a reader does not know may be rightful ones of another time.</summary>
    private static ReceiptStep Judged(ValidatorSet set, SealedHeader header, string reason) =>
        header.Validators.Count(header.Committers().Contains) < ValidatorSet.Quorum(header.Validators.Count) || set.Members.ToHashSet().SetEquals(header.Validators)
            ? Not("seals", reason) : Cannot("seals", $"{reason}: use a file of validators of that time, or a newer receipt");

    private static ReceiptStep Yes(string name, string text) => new(name, StepResult.Proven, text);

    private static ReceiptStep Not(string name, string text) => new(name, StepResult.NotProven, text);

    private static ReceiptStep Cannot(string name, string text) => new(name, StepResult.CannotTell, text);
}
