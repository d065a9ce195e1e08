using System.Text;
using System.Text.Json.Nodes;
using Identity.Fuzz.Engine;
using Identity.Fuzz.Mutations;
using Identity.Ledger.Exit;
using Identity.Ledger.Mirror;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;

namespace Identity.Fuzz.Targets;

/// <summary>Exit bundles (docs/exit-bundle.md), which anybody may have made: whatever is done to one, nothing is believed by it that the true ones do not say.</summary>
internal static class ExitTargets
{
    private static readonly byte[][] Bundles = [.. new[] { "college", "credential" }.Select(name => File.ReadAllBytes(At($"{name}.idexit")))];
    private static readonly ValidatorFile Trusted = ValidatorFile.TryParse(File.ReadAllText(At("validators.json")), out var file, out var reason) ? file : throw new InvalidOperationException(reason);
    private static readonly List<Dictionary<string, byte[]>> Members = [.. Bundles.Select(Unpack)];

    public static IEnumerable<Target> All()
    {
        var told = Bundles.SelectMany(bundle => TryRead(bundle, out var read) ? Told(read) : throw new InvalidOperationException()).ToHashSet(StringComparer.Ordinal);
        yield return new Target("exit-file", Bundles, dice => Damage.Bytes(dice.Pick(Bundles), Bundles, dice), bytes =>
        {
            if (!TryRead(bytes, out var bundle)) return Judgement.Refused;
            using var written = new MemoryStream();
            bundle.Save(written);
            return Judgement.Require(TryRead(written.ToArray(), out var again) && Told(again).SequenceEqual(Told(bundle)), "what it wrote reads otherwise");
        }, BaseBytes: 16 * 1024 * 1024);

        // Checked as an import does: seals, proofs, roots and signatures.
        yield return new Target("exit-bundle", Bundles, Changed, bytes =>
        {
            if (!TryRead(bytes, out var bundle) || BundleCheck.Run(bundle, Trusted, out var lists) is not ExitRuling.Holds holds) return Judgement.Refused;
            if (!holds.IsProven || lists.Count != bundle.Lists.Count) return Judgement.False("not proven, or a list that nobody looked at");
            return Judgement.Require(Told(bundle).All(told.Contains), "something that no true bundle says");
        }, BaseBytes: 128 * 1024 * 1024);
    }

    // Everything that a verdict goes by. Where an act stands on the chain is not proven, and no verdict names it.
    private static IEnumerable<string> Told(ExitBundle bundle) =>
    [
        $"{bundle.Ledger.State.ProvenAt:O}",
        .. bundle.Ledger.Events.Select(e => $"{EventCodec.Write(e with { Place = Nowhere })}"),
        .. bundle.Ledger.Receipts.Select(receipt => $"{receipt.Anchor.Log} {receipt.Anchor.Size} {receipt.Anchor.Root} {Convert.ToHexString(receipt.Entry!)} {receipt.Proof.Index}"),
        .. bundle.Ledger.Entries.SelectMany(log => log.Value.Select((entry, at) => $"{log.Key} {at} {Convert.ToHexString(entry)}")),
        .. bundle.Lists.Select(list => $"{list.Key} {string.Join(' ', list.Value)}"),
    ];

    private static readonly EventPlace Nowhere = new(0, "", "", 0, DateTimeOffset.UnixEpoch);

    private static byte[] Changed(Dice dice)
    {
        var members = new Dictionary<string, byte[]>(dice.Pick(Members));
        var withManifest = !dice.OneIn(8);
        for (var n = 1 + (dice.OneIn(3) ? dice.Next(3) : 0); n > 0; n--)
        {
            var name = dice.Pick([.. members.Keys]);
            if (name == ExitFile.Manifest) withManifest = false;
            var other = dice.Pick(Members);
            switch (dice.Next(8))
            {
                case 0:
                    members.Remove(name);
                    break;
                case 1:
                    members[Damage.Text(name, [.. other.Keys], dice)] = members[name];
                    break;
                case 2:
                    var from = dice.Pick([.. other.Keys]);
                    members[from] = other[from];
                    break;
                default:
                    members[name] = name.EndsWith(".json", StringComparison.Ordinal) ? Json(members[name], dice) : Damage.Bytes(members[name], [.. other.Values], dice);
                    break;
            }
        }
        if (withManifest && members.TryGetValue(ExitFile.Manifest, out var text))
        {
            var manifest = JsonNode.Parse(text)!;
            manifest["files"] = new JsonObject(members.Where(member => member.Key != ExitFile.Manifest).Select(member => KeyValuePair.Create(member.Key, (JsonNode?)ExitFile.Digest(member.Value))));
            members[ExitFile.Manifest] = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        }
        using var file = new MemoryStream();
        ExitFile.Write(file, members.Select(member => (member.Key, member.Value)));
        return file.ToArray();
    }

    private static byte[] Json(byte[] content, Dice dice)
    {
        var text = Encoding.UTF8.GetString(content);
        return Encoding.UTF8.GetBytes(JsonDamage.Text(text, [text], dice));
    }

    private static bool TryRead(byte[] bytes, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ExitBundle? bundle)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        return ExitBundle.TryRead(stream, out bundle, out _);
    }

    private static Dictionary<string, byte[]> Unpack(byte[] bundle)
    {
        using var stream = new MemoryStream(bundle, writable: false);
        return ExitFile.TryRead(stream, _ => true, out var members, out var reason) ? new Dictionary<string, byte[]>(members) : throw new InvalidOperationException(reason);
    }

    private static string At(string name) => Path.Combine(AppContext.BaseDirectory, "exit", name);
}
