using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Identity.Credentials;
using Identity.Credentials.Transparency;
using Identity.Ledger.Proofs;

namespace Identity.Ledger.Log;

/// <summary>What the holder keeps: proof and chain coordinates, to be verified years later without any server of ours.</summary>
/// <param name="Proof">C2SP tlog-proof@v1 text: index, path, signed checkpoint.</param>
/// <param name="Anchor">Where on the chain the checkpoint's root is.</param>
/// <param name="State">What proves that without a node (<see cref="SealedState"/>); absent until it was kept, seconds after anchoring.</param>
public sealed record Receipt(string Proof, ReceiptAnchor Anchor, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonObject? State = null)
{
    internal static Receipt Of(TlogProof proof, AnchorCoordinates at, SealedState? state = null)
    {
        var origin = proof.Checkpoint[..proof.Checkpoint.IndexOf('\n')];
        return new Receipt(proof.Text, new ReceiptAnchor(
            at.ChainId, at.Contract, Hex(SHA256.HashData(Encoding.UTF8.GetBytes(origin))), at.Size, Hex(at.Root), at.Transaction, at.Block, at.BlockHash,
            at.Time.ToRfc3339()), state?.ToJson());
    }

    private static string Hex(byte[] bytes) => "0x" + Convert.ToHexStringLower(bytes);
}

/// <summary>Chain coordinates as JSON: byte strings are "0x" and lower-case hexadecimal, the time is RFC 3339 in UTC.</summary>
/// <param name="Log">The log's id: SHA-256 of its origin.</param>
public sealed record ReceiptAnchor(
    ulong ChainId, string Contract, string Log, long Size, string Root, string Transaction, ulong Block, string BlockHash, string Time);
