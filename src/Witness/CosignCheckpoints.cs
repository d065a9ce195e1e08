using System.Collections.Concurrent;
using System.Globalization;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;

namespace Identity.Witness;

/// <summary>What is answered to <c>add-checkpoint</c>.</summary>
internal sealed record WitnessAnswer(int Status, string Text, string ContentType = "text/plain; charset=utf-8");

/// <summary>
/// C2SP tlog-witness: cosigns a log's checkpoint where it continues the one cosigned last. What it promises: of one log it never cosigns two checkpoints that no one tree
/// can have. That rests on its folder alone: a checkpoint is on the disk before its cosignature leaves, and a log's requests are judged one after another.
/// </summary>
internal sealed class CosignCheckpoints(string name, Ed25519Key key, KnownLogs logs, WitnessMemory memory, TimeProvider clock, ILogger<CosignCheckpoints> logger)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    /// <summary>The key that its cosignatures are checked with.</summary>
    public VKey Key { get; } = VKey.Of(name, NoteKeyType.CosignatureV1, key);

    /// <summary>Judges one request, in the order of the specification.</summary>
    public async Task<WitnessAnswer> RunAsync(string body, CancellationToken ct)
    {
        if (!WitnessRequest.TryParse(body, out var request)) return new(400, "The body is not: old N, proof lines, an empty line, a checkpoint.\n");
        if (!Checkpoint.TryParse(request.Checkpoint, out var checkpoint, out _)) return new(400, "What follows the empty line is no signed checkpoint.\n");
        var trusted = logs.Of(checkpoint!.Origin, out var problem);
        if (problem is not null) logger.LogsNotRead(problem);
        if (trusted.Count == 0) return new(404, "This witness does not watch this log.\n");
        if (SignedBy(checkpoint, trusted) is not { } signer) return new(403, "The checkpoint is not signed with a key of this log that the witness knows.\n");
        if (request.OldSize > checkpoint.Size) return new(400, "The old size is above the checkpoint's.\n");

        // Only logs that are watched get here, so that there are as many turns as logs.
        var turn = _turns.GetOrAdd(checkpoint.Origin, _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(ct);
        try
        {
            return Judge(request, checkpoint, signer);
        }
        catch (InvalidDataException damaged)
        {
            logger.Damaged(damaged.Message);
            return new(500, "The witness lost what it had seen of this log and cosigns nothing of it.\n");
        }
        finally
        {
            turn.Release();
        }
    }

    private WitnessAnswer Judge(WitnessRequest request, Checkpoint checkpoint, VKey signer)
    {
        var head = memory.Head(checkpoint.Origin);
        var known = head?.Size ?? 0;
        if (head is not null && checkpoint.Size == known && !checkpoint.Root.AsSpan().SequenceEqual(head.Root))
        {
            KeepFork(head, checkpoint, signer, []);
            return Conflict(known);
        }
        if (request.OldSize != known) return Conflict(known);
        if (!Continues(request, checkpoint, head))
        {
            if (head is not null && known < checkpoint.Size) KeepFork(head, checkpoint, signer, request.Proof);
            return new(422, "The proof does not lead from the checkpoint that the witness cosigned last to this one.\n");
        }

        // The log's own lines that were checked, and nothing that a stranger put beside them.
        var note = checkpoint.Note! with { Signatures = [.. checkpoint.Note!.Signatures.Where(s => s.Name == signer.Name && s.KeyId == signer.Id)] };
        var line = Cosignature.Sign(note.Text, name, key, clock.GetUtcNow());
        // Crash before this: nothing was seen of it. After it, before the answer: the log asks again, is told this size, and gets its cosignature then.
        memory.Remember(checkpoint.Origin, note.With([line]).Full);
        return new(200, line.Line);
    }

    private static bool Continues(WitnessRequest request, Checkpoint checkpoint, Checkpoint? head)
    {
        if (checkpoint.Size == 0 && !checkpoint.Root.AsSpan().SequenceEqual(MerkleTree.EmptyRoot())) return false;
        return head is null || head.Size == 0 || checkpoint.Size == head.Size
            ? request.Proof.Count == 0
            : MerkleTree.VerifyConsistency(head.Size, checkpoint.Size, head.Root, checkpoint.Root, request.Proof);
    }

    /// <summary>A proof that fails may be nothing but a bad proof, and anybody can send one; kept is what proves a fork by itself.</summary>
    private void KeepFork(Checkpoint head, Checkpoint checkpoint, VKey signer, IReadOnlyList<byte[]> proof)
    {
        var found = ForkEvidence.Of(signer, checkpoint.Origin, head.Note!.Full, checkpoint.Note!.Full, proof, name, clock.GetUtcNow());
        if (found is null)
        {
            logger.BadProof(checkpoint.Origin, head.Size, checkpoint.Size);
            return;
        }
        memory.Keep(found);
        logger.Fork(checkpoint.Origin, head.Size, checkpoint.Size);
    }

    private static WitnessAnswer Conflict(long known) => new(409, string.Create(CultureInfo.InvariantCulture, $"{known}\n"), WitnessRequest.SizeType);

    private static VKey? SignedBy(Checkpoint checkpoint, IReadOnlyList<VKey> trusted) => trusted.FirstOrDefault(k => checkpoint.Verify(k.Name, k.PublicKey));
}
