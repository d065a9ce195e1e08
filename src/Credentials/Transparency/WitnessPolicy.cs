using System.Diagnostics.CodeAnalysis;

namespace Identity.Credentials.Transparency;

/// <summary>Whose word a reader wants before a checkpoint counts: k of n witnesses. Made by <see cref="TryRead"/>.</summary>
public sealed class WitnessPolicy
{
    /// <summary>Most witnesses of one policy: a note holds 32 signature lines, and the log's own is one.</summary>
    public const int MaxWitnesses = 24;

    /// <summary>A witness's clock may be ahead by this much; a cosignature from further in the future does not count.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private WitnessPolicy(int required, IReadOnlyList<VKey> witnesses) => (Required, Witnesses) = (required, witnesses);

    /// <summary>The policy that asks for nobody.</summary>
    public static WitnessPolicy None { get; } = new(0, []);

    /// <summary>k: how many must have cosigned.</summary>
    public int Required { get; }

    /// <summary>n: whose cosignatures count.</summary>
    public IReadOnlyList<VKey> Witnesses { get; }

    /// <summary>Reads a policy. Refused: k above n or below zero, a key that is no witness's, one key or one name twice (it would count twice).</summary>
    public static bool TryRead(int required, IReadOnlyList<string> verifierKeys, [NotNullWhen(true)] out WitnessPolicy? policy, out string reason)
    {
        policy = null;
        reason = "";
        var keys = new List<VKey>();
        foreach (var text in verifierKeys)
        {
            if (!VKey.TryParse(text, out var key) || key.Type != NoteKeyType.CosignatureV1) reason = $"“{text}” is not the verifier key of a witness: name+keyid+base64, of type 4";
            else if (keys.Any(k => k.PublicKey.AsSpan().SequenceEqual(key.PublicKey))) reason = $"the key of “{key.Name}” stands there twice";
            else if (keys.Any(k => k.Name == key.Name)) reason = $"the name “{key.Name}” stands there twice";
            else keys.Add(key);
            if (reason.Length > 0) return false;
        }
        if (keys.Count > MaxWitnesses) reason = $"there are {keys.Count} witnesses, at most {MaxWitnesses} are taken";
        else if (required < 0 || required > keys.Count) reason = $"{required} of {keys.Count} witnesses cannot be required";
        if (reason.Length > 0) return false;
        policy = new WitnessPolicy(required, keys);
        return true;
    }

    /// <summary>How many of the witnesses cosigned the note, by the present time. Each counts once; a cosignature dated later than <see cref="Skew"/> from now does not count.</summary>
    public int Count(SignedNote note, DateTimeOffset now) => Witnesses.Count(w => Cosignature.TryVerify(note, w, out var at) && at <= now + Skew);

    /// <summary>Whether enough of them did.</summary>
    public bool Holds(SignedNote note, DateTimeOffset now) => Required == 0 || Count(note, now) >= Required;
}
