using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Verdicts;
using static Identity.Credentials.Tests.Verdicts.PackedScene;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>What tests/vectors/verdict holds: every reason that a compact proof judged from a trust pack can give, pairs of them, and attacks.</summary>
internal static class PackedCases
{
    /// <summary>One disturbance per reason, each of which alone leads with that reason; in the order of precedence.</summary>
    public static readonly (ReasonCode Reason, Action<PackedScene> Disturb)[] Disturbances =
    [
        (ReasonCode.Malformed, s => s.Text = t => t[..^3]),
        (ReasonCode.Unsupported, s => s.Forge.IssuerMembers += m => m[1] = Raw.Text("urn:example:card")),
        (ReasonCode.Altered, s => s.Forge.IssuerSignature = bytes => [.. bytes[..63], (byte)(bytes[63] ^ 1)]),
        (ReasonCode.IssuerUnknown, s => s.Trust["organisations"] = new JsonArray()),
        (ReasonCode.KeyNotValidThen, s => s.End("compromised", Now - Day)),
        (ReasonCode.IssuerNotEntitled, s => s.Trust["accreditations"] = new JsonArray()),
        (ReasonCode.Replayed, s => s.Forge.Binding = Fixed.Bytes("another challenge", 32)),
        (ReasonCode.HolderNotProven, s => s.Forge.HolderSignature = _ => new byte[64]),
        (ReasonCode.AsksNotMet, s => s.Forge.Shown = [0]),
        (ReasonCode.Revoked, s => s.FirstStatus["value"] = 1),
        (ReasonCode.Suspended, s => s.FirstStatus["value"] = 2),
        (ReasonCode.Expired, s => s.Expires = Now - Day),
        (ReasonCode.NotYetValid, s => s.NotBefore = Now + Day),
        (ReasonCode.NotAnchored, s => s.End("retired", Now - Day)),
        (ReasonCode.StaleData, s => s.Trust["goodUntil"] = Now),
    ];

    /// <summary>Reasons that this way of judging never gives: nobody is named in a compact proof, and a pack does not say when something was recorded.</summary>
    public static readonly ReasonCode[] Never = [ReasonCode.WrongAudience, ReasonCode.AnchoredTooLate, ReasonCode.Valid];

    /// <summary>Pairs that cannot be wrong at the same time: one key has one end, one entry one value, and so on; or age takes the certainty from an absence.</summary>
    private static readonly HashSet<(ReasonCode, ReasonCode)> Exclusive =
    [
        (ReasonCode.KeyNotValidThen, ReasonCode.NotAnchored),
        (ReasonCode.Revoked, ReasonCode.Suspended),
        (ReasonCode.Expired, ReasonCode.NotYetValid),
        (ReasonCode.Replayed, ReasonCode.HolderNotProven), // whose signature it is comes first
        (ReasonCode.IssuerUnknown, ReasonCode.IssuerNotEntitled), // without the issuer nothing is asked about it
        (ReasonCode.IssuerUnknown, ReasonCode.StaleData),
        (ReasonCode.IssuerNotEntitled, ReasonCode.StaleData),
        (ReasonCode.Suspended, ReasonCode.StaleData),
        (ReasonCode.NotAnchored, ReasonCode.StaleData),
    ];

    public static IEnumerable<(ReasonCode First, ReasonCode Second)> Pairs() =>
        from a in Disturbances
        from b in Disturbances
        where a.Reason < b.Reason && !Exclusive.Contains((a.Reason, b.Reason))
        select (a.Reason, b.Reason);

    public static IEnumerable<JsonObject> Singles() => Disturbances.Select(d => Case(d.Reason, null, d.Disturb));

    public static IEnumerable<JsonObject> Couples() => Pairs().Select(p => Case(p.First, p.Second, scene =>
    {
        foreach (var (reason, disturb) in Disturbances) if (reason == p.First || reason == p.Second) disturb(scene);
    }));

    /// <summary>Each states the reason it must lead with.</summary>
    public static IEnumerable<JsonObject> Others() => Cases(Named());

    /// <summary>Codes that the phone redraws with the time.</summary>
    public static IEnumerable<JsonObject> Rolling() => Cases(Drawn());

    /// <summary>Printed codes.</summary>
    public static IEnumerable<JsonObject> Papers() => Cases(Printed());

    private static IEnumerable<JsonObject> Cases(IEnumerable<(string Name, ReasonCode Leads, Func<PackedScene> Make)> named) => named.Select(n =>
    {
        var scene = n.Make();
        var one = scene.Case(n.Name);
        one["leads"] = Reasons.Name(n.Leads);
        return one;
    });

    private static JsonObject Case(ReasonCode first, ReasonCode? second, Action<PackedScene> disturb)
    {
        var scene = new PackedScene();
        disturb(scene);
        var one = scene.Case(second is { } also ? $"{Reasons.Name(first)} and {Reasons.Name(also)}" : Reasons.Name(first));
        one["leads"] = Reasons.Name(first);
        return one;
    }

    private static IEnumerable<(string Name, ReasonCode Leads, Func<PackedScene> Make)> Named()
    {
        yield return ("in order, answered", ReasonCode.Valid, () => new PackedScene());
        yield return ("in order, a picture of it", ReasonCode.Valid, () => With(s => s.Asked = false));
        yield return ("no first day and no last", ReasonCode.Valid, () => With(s => (s.NotBefore, s.Expires) = (null, null)));
        yield return ("a minute past the last day", ReasonCode.Expired, () => With(s => s.Expires = Now - 60));
        yield return ("less than a minute past the last day", ReasonCode.Valid, () => With(s => s.Expires = Now - 59));
        yield return ("a minute before the first day", ReasonCode.Valid, () => With(s => s.NotBefore = Now + 60));
        yield return ("more than a minute before the first day", ReasonCode.NotYetValid, () => With(s => s.NotBefore = Now + 61));
        yield return ("not a proof at all", ReasonCode.Malformed, () => With(s => s.Text = _ => "IDP:hello"));
        yield return ("a form of tomorrow", ReasonCode.Unsupported, () => With(s => s.Forge.IssuerMembers += m => m[0] = Raw.Int(3)));
        yield return ("the short name of a type", ReasonCode.Unsupported, () => With(s => s.Forge.IssuerMembers += m => m[1] = Raw.Text("qualification")));
        yield return ("another type than was asked for", ReasonCode.AsksNotMet, () => With(s => { s.Forge.IssuerMembers += m => m[1] = Raw.Text("urn:identity:training:1"); s.Trust["accreditations"] = Grants(new Scope(["urn:identity:training:1"])); }));
        yield return ("another value than was asked for", ReasonCode.AsksNotMet, () => With(s => s.OtherValue = "the value of kind is not one that was asked for"));
        yield return ("no registered key has its key id", ReasonCode.IssuerUnknown, () => With(s => s.Trust["keys"] = new JsonArray()));
        yield return ("no registered key, in a stale pack", ReasonCode.StaleData, () => With(s => { s.Trust["keys"] = new JsonArray(); s.Trust["goodUntil"] = Now - 1; }));
        yield return ("an unknown status value", ReasonCode.Suspended, () => With(s => s.FirstStatus["value"] = 3));
        yield return ("the pack does not hold its list", ReasonCode.StaleData, () => With(s => s.Trust["statuses"] = new JsonArray()));
        yield return ("a status list from the future", ReasonCode.StaleData, () => With(s => s.FirstStatus["issuedAt"] = Now + 61));
        yield return ("revoked stays revoked in a stale pack", ReasonCode.Revoked, () => With(s => { s.FirstStatus["value"] = 1; s.Trust["goodUntil"] = Now - Day; }));
        yield return ("a pack of two days, still good", ReasonCode.Valid, () => With(s => (s.Trust["headTime"], s.Trust["goodUntil"]) = (Now - (2 * Day), Now + 1)));
        yield return ("the last second of a pack", ReasonCode.StaleData, () => With(s => s.Trust["goodUntil"] = Now));
        yield return ("accredited since the pack of yesterday, perhaps", ReasonCode.StaleData, () => With(s => (s.Trust["accreditations"], s.Trust["headTime"]) = (new JsonArray(), Now - Day)));
        yield return ("accredited only from next week", ReasonCode.IssuerNotEntitled, () => With(s => s.FirstGrant["from"] = Now + (7 * Day)));
        yield return ("accreditation ended", ReasonCode.NotAnchored, () => With(s => s.FirstGrant["until"] = Now));
        yield return ("accreditation withdrawn", ReasonCode.NotAnchored, () => With(s => s.FirstGrant["withdrawnAt"] = Now - Day));
        yield return ("accreditation withdrawn and given again", ReasonCode.Valid, () => With(s => { s.FirstGrant["withdrawnAt"] = Now - (2 * Day); s.Trust["accreditations"]!.AsArray().Add((JsonNode)Grant(3, 1, College, new Scope([Vct]), Now - Day)); }));
        yield return ("the ministry's accreditation withdrawn", ReasonCode.NotAnchored, () => With(s => s.RootGrant["withdrawnAt"] = Now - Day));
        yield return ("the ministry accredited only from next week", ReasonCode.IssuerNotEntitled, () => With(s => s.RootGrant["from"] = Now + (7 * Day)));
        yield return ("the ministry may not accredit", ReasonCode.IssuerNotEntitled, () => With(s => s.RootGrant["right"] = 1));
        yield return ("the college may only accredit", ReasonCode.IssuerNotEntitled, () => With(s => s.FirstGrant["right"] = 2));
        yield return ("accredited for another type", ReasonCode.IssuerNotEntitled, () => With(s => s.Trust["accreditations"] = Grants(new Scope(["urn:identity:training:1"]))));
        yield return ("accredited for this kind", ReasonCode.Valid, () => With(s => s.Trust["accreditations"] = Grants(new Scope([Vct], Kinds: ["vocational"]))));
        yield return ("accredited for another kind, and the kind is shown", ReasonCode.IssuerNotEntitled, () => With(s => { s.Trust["accreditations"] = Grants(new Scope([Vct], Kinds: ["degree"])); s.Forge.Shown = [0, 2, 3, 6]; }));
        yield return ("accredited up to a lower level, and the level is shown", ReasonCode.IssuerNotEntitled, () => With(s => { s.Trust["accreditations"] = Grants(new Scope([Vct], Eqf: new(1, 3))); s.Forge.Shown = [0, 2, 5, 6]; }));
        yield return ("accredited up to this level, and the level is shown", ReasonCode.Valid, () => With(s => { s.Trust["accreditations"] = Grants(new Scope([Vct], Eqf: new(1, 4), Fields: ["07"])); s.Forge.Shown = [0, 2, 5, 6]; }));
        yield return ("Attack: another level is shown than was signed", ReasonCode.Altered, () => With(s => { s.Trust["accreditations"] = Grants(new Scope([Vct], Eqf: new(1, 3))); s.Forge.Shown = [0, 2, 5, 6]; s.Forge.ShownItems = items => items[2] = Raw.Array(Raw.Int(5), Raw.Bytes(s.Forge.Claims[5].Salt), Raw.Int(7), Raw.Int(3)); }));
        yield return ("accredited for levels and fields that are not shown", ReasonCode.Valid, () => With(s => s.Trust["accreditations"] = Grants(new Scope([Vct], Eqf: new(1, 2), Fields: ["07"], Nqf: new Dictionary<string, LevelRange> { ["XTQF"] = new(1, 3) }))));
        yield return ("a scope that cannot be read", ReasonCode.IssuerNotEntitled, () => With(s => s.FirstGrant["scope"] = """{"colour":"red","v":1}"""));
        yield return ("two accreditations, of which the second leaves nothing open", ReasonCode.Valid, () => With(s =>
        {
            s.Trust["accreditations"] = Grants(new Scope([Vct], Eqf: new(1, 2)));
            s.Trust["accreditations"]!.AsArray().Add((JsonNode)Grant(3, 1, College, new Scope([Vct]), Now - Day));
        }));
        yield return ("two accreditations, and the nearer one is told", ReasonCode.IssuerNotEntitled, () => With(s =>
        {
            s.Trust["accreditations"] = Grants(new Scope(["urn:identity:training:1"]));
            s.Trust["accreditations"]!.AsArray().Add((JsonNode)Grant(3, 1, College, new Scope([Vct]), Now + Day));
        }));
        yield return ("closed, its key recorded before", ReasonCode.Valid, () => With(s => { Close(s); s.End("retired", Now - Day); s.Record(); s.FirstStatus["final"] = true; }));
        yield return ("closed, revoked by the final list", ReasonCode.Revoked, () => With(s => { Close(s); s.End("retired", Now - Day); s.Record(); (s.FirstStatus["final"], s.FirstStatus["value"]) = (true, 1); }));
        yield return ("closed, suspended by the final list", ReasonCode.Suspended, () => With(s => { Close(s); s.End("retired", Now - Day); s.Record(); (s.FirstStatus["final"], s.FirstStatus["value"]) = (true, 2); }));
        yield return ("closed, taken over by a depositary", ReasonCode.Valid, () => With(s => { Close(s, Ministry); s.End("retired", Now - Day); s.Record(); }));
        yield return ("Attack: a closed college's key signs on", ReasonCode.NotAnchored, () => With(s => { Close(s); s.End("retired", Now - Day); }));
        yield return ("a key in force only from tomorrow", ReasonCode.KeyNotValidThen, () => With(s => s.FirstKey["from"] = Now + Day));
        yield return ("a key that will be retired tomorrow", ReasonCode.Valid, () => With(s => s.End("retired", Now + Day)));
        yield return ("a retired key, recorded before", ReasonCode.Valid, () => With(s => { s.End("retired", Now - Day); s.Record(); }));
        yield return ("a stolen key, recorded before", ReasonCode.Valid, () => With(s => { s.End("compromised", Now - Day); s.Record(); }));
        yield return ("a retired key, recorded before, accreditation withdrawn with it", ReasonCode.Valid, () => With(s => { s.End("retired", Now - Day); s.Record(); s.FirstGrant["withdrawnAt"] = Now - Day; }));
        yield return ("a stolen key, recorded before, and the pack is stale", ReasonCode.StaleData, () => With(s => { s.End("compromised", Now - (4 * Day)); s.Record(); s.Trust["goodUntil"] = Now - 1; }));
        yield return ("Attack: a stolen key signs after the theft", ReasonCode.KeyNotValidThen, () => With(s => s.End("compromised", Now - Day)));
        yield return ("Attack: a stolen key's other credential was recorded", ReasonCode.KeyNotValidThen, () => With(s => { s.End("compromised", Now - Day); s.Record(p => Fixed.Bytes("another entry", 16)); }));
        yield return ("Attack: an entry that differs in its sixteenth byte", ReasonCode.KeyNotValidThen, () => With(s => { s.End("compromised", Now - Day); s.Record(p => [.. p[..15], (byte)(p[15] ^ 1)]); }));
        yield return ("Attack: the entry stands under another key that ended", ReasonCode.KeyNotValidThen, () => With(s => { s.End("compromised", Now - Day); s.Record(under: Fixed.Key("stranger")); }));
        yield return ("Attack: a pack from the future", ReasonCode.StaleData, () => With(s => (s.Trust["headTime"], s.Trust["goodUntil"]) = (Now + Day, Now + (3 * Day))));
        yield return ("Attack: the clock is set back behind the pack", ReasonCode.StaleData, () => With(s => s.Time = Now - (40 * Day)));
        yield return ("Attack: a stranger's key under the issuer's key id", ReasonCode.Altered, () => With(s => s.Forge.IssuerHeader = Forge.KeyIdHeader(IssuerKey), new Forge { IssuerKey = Fixed.Key("stranger") }));
        yield return ("Attack: an issuer signature made for another purpose", ReasonCode.Altered, () => With(s => s.Forge.IssuerPurpose = "identity-challenge-v1"));
        yield return ("Attack: a holder signature made for another purpose", ReasonCode.HolderNotProven, () => With(s => s.Forge.HolderPurpose = "identity-compact-issuer-v1"));
        yield return ("Attack: the holder changes a claim", ReasonCode.Altered, () => With(s => s.Forge.ShownItems = items =>
            items[1] = Raw.Array(Raw.Int(2), Raw.Bytes(s.Forge.Claims[2].Salt), Raw.Int(3), Raw.Text("Doctor of Medicine"))));
        yield return ("Attack: a hidden claim's hash left out", ReasonCode.Altered, () => With(s => s.Forge.Nodes = nodes => nodes.RemoveAt(0)));
        yield return ("Attack: somebody registers the college's key as its own", ReasonCode.Valid, () => With(s => s.Trust["keys"]!.AsArray().Insert(0, Key(IssuerKey, Rogue(s), Now - (900 * Day)))));
        yield return ("Attack: the key belongs to an organisation without accreditation alone", ReasonCode.IssuerNotEntitled, () => With(s => s.Trust["keys"] = new JsonArray(Key(IssuerKey, Rogue(s)))));
        yield return ("in the place of a closed school", ReasonCode.Valid, () => With(s => InPlace(s)));
        yield return ("in the place of a closed school, and nothing else is shown", ReasonCode.Valid, () => With(s => { InPlace(s); (s.Asked, s.Forge.Shown) = (false, []); }));
        yield return ("in the place of a school, by a type that cannot say so", ReasonCode.Unsupported, () => With(s => { InPlace(s); s.Forge.IssuerMembers += m => m[1] = Raw.Text("urn:identity:person:1"); }));
        yield return ("in the place of a closed school, and nobody had accepted when the pack was made", ReasonCode.StaleData, () => With(s => InPlace(s, [], named: College)));
        yield return ("in the place of a closed school, and another is named who has not accepted yet", ReasonCode.NotAnchored, () => With(s => InPlace(s, [First], named: Ministry)));
        yield return ("in the place of a closed school, and another has taken over", ReasonCode.NotAnchored, () => With(s => InPlace(s, [First, Second])));
        yield return ("in the place of a closed school, again after another", ReasonCode.Valid, () => With(s => InPlace(s, [First, Term(Ministry, Now - (90 * Day), Now - (80 * Day)), Term(College, Now - (70 * Day))])));
        yield return ("in the place of a closed school, by a first depositary that is closed itself, recorded before", ReasonCode.Valid, () => With(s => { InPlace(s, [First, Second]); Retire(s, 120); s.Record(); }));
        yield return ("in the place of a closed school, by a first depositary that is closed itself, and another is named who has not accepted yet", ReasonCode.Valid, () => With(s => { InPlace(s, [First], named: Ministry); Retire(s, 120); s.Record(); }));
        yield return ("in the place of a closed school, by a first depositary that is closed itself, its entry not in the pack", ReasonCode.NotAnchored, () => With(s => { InPlace(s, [First, Second]); Retire(s, 120); }));
        yield return ("in the place of a closed school, by a key that ended after its time as depositary", ReasonCode.NotAnchored, () => With(s => { InPlace(s, [First, Second]); Retire(s, 60); s.Record(); }));
        yield return ("in the place of a closed school, by a key that ended in the second in which another was named", ReasonCode.Valid, () => With(s => { InPlace(s, [First]); Retire(s, 100); s.Record(); }));
        yield return ("in the place of a closed school, in the second in which it accepted", ReasonCode.Valid, () => With(s => InPlace(s, [Term(College, Now)])));
        yield return ("in the place of a closed school, a second before it accepted", ReasonCode.StaleData, () => With(s => InPlace(s, [Term(College, Now + 1)])));
        yield return ("in the place of a closed school, and another takes over, perhaps, by a pack of yesterday", ReasonCode.StaleData, () => With(s => { InPlace(s, [Second]); s.Trust["headTime"] = Now - Day; }));
        yield return ("in the place of a closed school, and nobody knows who was depositary before so many others", ReasonCode.NotAnchored, () => With(s => InPlace(s, [.. Enumerable.Range(0, 64).Select(n => Term(Ministry, Now - (200 * Day) + n, Now - (200 * Day) + n + 1))])));
        yield return ("Attack: in the place of a closed school, and another is its depositary", ReasonCode.IssuerNotEntitled, () => With(s => InPlace(s, [Second])));
        yield return ("Attack: in the place of a closed school, and another is named", ReasonCode.IssuerNotEntitled, () => With(s => InPlace(s, [], named: Ministry)));
        yield return ("Attack: in the place of a closed school, whose records nobody accepted", ReasonCode.IssuerNotEntitled, () => With(s => InPlace(s, [])));
        yield return ("Attack: in the place of a closed school, recorded before it accepted", ReasonCode.IssuerNotEntitled, () => With(s => { InPlace(s, [First, Second]); Retire(s, 200); s.Record(); }));
        yield return ("a key that ended before its owner was depositary, its entry not in the pack", ReasonCode.NotAnchored, () => With(s => { InPlace(s, [First, Second]); Retire(s, 200); }));
        yield return ("Attack: in the place of a school that was not closed, recorded before the key ended", ReasonCode.IssuerNotEntitled, () => With(s => { InPlace(s); s.Trust["closings"] = new JsonArray(); Retire(s, 1); s.Record(); s.Trust["headTime"] = Now - (Day / 2); }));
        yield return ("in the place of a school that was not closed, as far as a pack from before the key's end tells", ReasonCode.NotAnchored, () => With(s => { InPlace(s); s.Trust["closings"] = new JsonArray(); Retire(s, 0); s.Record(); s.Trust["headTime"] = Now - 60; }));
        yield return ("in the place of a school that the pack does not hold", ReasonCode.StaleData, () => With(s => { InPlace(s); (s.Trust["closings"], s.Trust["organisations"]) = (new JsonArray(), new JsonArray([.. s.Trust["organisations"]!.AsArray().Take(2).Select(o => o!.DeepClone())])); }));
        yield return ("Attack: in its own name, accredited in a closed school's place alone", ReasonCode.IssuerNotEntitled, () => With(s => InPlace(s, says: false)));
        yield return ("Attack: in the place of a closed school, accredited in its own name alone", ReasonCode.IssuerNotEntitled, () => With(s => { InPlace(s); s.Trust["accreditations"] = Grants(new Scope([Vct])); }));
        yield return ("Attack: in the place of a closed school, accredited in another's", ReasonCode.IssuerNotEntitled, () => With(s => { InPlace(s); s.Trust["accreditations"] = Grants(new Scope([Vct], OnBehalfOf: [Ministry])); }));
        yield return ("Attack: in the place of a school that is not closed", ReasonCode.IssuerNotEntitled, () => With(s => { InPlace(s); s.Trust["closings"] = new JsonArray(); }));
        yield return ("Attack: a proof for another scanner's challenge", ReasonCode.Replayed, () => With(s => s.Forge.Binding = Fixed.Bytes("challenge of a colleague", 32)));
    }

    private static IEnumerable<(string Name, ReasonCode Leads, Func<PackedScene> Make)> Drawn()
    {
        static PackedScene Drawn(int secondsAgo, Action<PackedScene>? change = null) => With(s =>
        {
            (s.Asked, s.Shown) = (false, true);
            s.Roll(secondsAgo);
            change?.Invoke(s);
        });

        yield return ("drawn just now, nothing asked", ReasonCode.Valid, () => Drawn(0));
        yield return ("drawn 120 seconds ago", ReasonCode.Valid, () => Drawn(120));
        yield return ("drawn 120 seconds ahead, clock unsure", ReasonCode.Valid, () => Drawn(0, s => s.Roll(-120, true)));
        yield return ("Attack: drawn 121 seconds ago", ReasonCode.Replayed, () => Drawn(121));
        yield return ("Attack: drawn 121 seconds ahead", ReasonCode.Replayed, () => Drawn(-121));
        yield return ("drawn yesterday by a phone unsure of its clock", ReasonCode.Replayed, () => Drawn(0, s => s.Roll(86_400, true)));
        yield return ("before a challenge, with what was asked", ReasonCode.Valid, () => Drawn(7, s => (s.Asked, s.Shown) = (true, false)));
        yield return ("before a challenge, without what was asked", ReasonCode.AsksNotMet, () => Drawn(7, s => { (s.Asked, s.Shown) = (true, false); s.Forge.Shown = [0]; }));
        yield return ("where only an answer to a challenge counts", ReasonCode.Replayed, () => Drawn(7, s => s.RequireChallenge = true));
        yield return ("a picture of it, as a file", ReasonCode.Valid, () => Drawn(86_400, s => s.Shown = false));
        yield return ("revoked", ReasonCode.Revoked, () => Drawn(7, s => s.FirstStatus["value"] = 1));
        yield return ("an answer to a challenge that was not shown", ReasonCode.Replayed, () => With(s => (s.Asked, s.Shown) = (false, true)));
        yield return ("Attack: drawn by another phone", ReasonCode.HolderNotProven, () => Drawn(7, s => s.Forge.HolderSignature = _ => new byte[64]));
        yield return ("a doubt of two", ReasonCode.Malformed, () => Drawn(7, s => s.Forge.PayloadMembers = m => m[3] = Raw.Array(Raw.Int(Now), Raw.Int(2))));
    }

    private static IEnumerable<(string Name, ReasonCode Leads, Func<PackedScene> Make)> Printed()
    {
        static PackedScene Printed(Action<PackedScene>? change = null) => With(s =>
        {
            (s.Asked, s.Shown, s.Paper) = (false, true, true);
            change?.Invoke(s);
        });

        yield return ("in order, nothing asked", ReasonCode.Valid, () => Printed());
        yield return ("in order, as a file", ReasonCode.Valid, () => Printed(s => s.Shown = false));
        yield return ("before a challenge, with what was asked", ReasonCode.Valid, () => Printed(s => (s.Asked, s.Shown) = (true, false)));
        yield return ("before a challenge, without what was asked", ReasonCode.AsksNotMet, () => Printed(s => { (s.Asked, s.Shown) = (true, false); s.Forge.Shown = [0]; }));
        yield return ("where only an answer to a challenge counts", ReasonCode.HolderNotProven, () => Printed(s => s.RequireChallenge = true));
        yield return ("revoked", ReasonCode.Revoked, () => Printed(s => s.FirstStatus["value"] = 1));
        yield return ("past its last day", ReasonCode.Expired, () => Printed(s => s.Forge.PaperMembers = m => m[3] = Raw.Int(Now - Day)));
        yield return ("a retired key, recorded before", ReasonCode.Valid, () => Printed(s => { s.End("retired", Now - Day); s.Record(); }));
        yield return ("a form of tomorrow", ReasonCode.Unsupported, () => Printed(s => s.Forge.PaperMembers = m => m[0] = Raw.Int(3)));
        yield return ("in the place of a closed school", ReasonCode.Valid, () => Printed(s => InPlace(s)));
        yield return ("in the place of a closed school, and another is named who has not accepted yet", ReasonCode.NotAnchored, () => Printed(s => InPlace(s, [First], named: Ministry)));
        yield return ("in the place of a closed school, by a first depositary that is closed itself, recorded before", ReasonCode.Valid, () => Printed(s => { InPlace(s, [First, Second]); Retire(s, 120); s.Record(); }));
        yield return ("Attack: in its own name, accredited in a closed school's place alone", ReasonCode.IssuerNotEntitled, () => Printed(s => InPlace(s, says: false)));
        yield return ("Attack: in the place of a closed school, accredited in its own name alone", ReasonCode.IssuerNotEntitled, () => Printed(s => { InPlace(s); s.Trust["accreditations"] = Grants(new Scope([Vct])); }));
        yield return ("cut off", ReasonCode.Malformed, () => Printed(s => s.Text = t => t[..^3]));
        yield return ("Attack: a stolen key signs after the theft", ReasonCode.KeyNotValidThen, () => Printed(s => s.End("compromised", Now - Day)));
        yield return ("Attack: a name changed after signing", ReasonCode.Altered, () => Printed(s => s.Forge.SignedPayload = p => [.. p[..^1], (byte)(p[^1] ^ 1)]));
        yield return ("Attack: a signature made for an issuer part", ReasonCode.Altered, () => Printed(s => s.Forge.PaperPurpose = "identity-compact-issuer-v1"));
    }

    private static void Close(PackedScene scene, string? depositary = null) => scene.Trust["closings"] = new JsonArray(new JsonObject
    {
        ["organisation"] = College, ["at"] = Now - Day, ["terms"] = new JsonArray(depositary is null ? [] : [Term(depositary, Now - Hour)]), ["named"] = null,
    });

    private static JsonObject Term(string depositary, long from, long? until = null) => new() { ["depositary"] = depositary, ["from"] = from, ["until"] = until };

    /// <summary>The college is the depositary of a school that was closed 300 days ago and accredited in its place; what it issues says so, or not.</summary>
    private static void InPlace(PackedScene scene, bool says = true) => InPlace(scene, [Term(College, Now - (200 * Day))], says: says);

    private static void InPlace(PackedScene scene, JsonObject[] terms, string? named = null, bool says = true)
    {
        var school = Fixed.Bytes("school", 32);
        var id = Convert.ToHexStringLower(school);
        scene.Trust["organisations"]!.AsArray().Add((JsonNode)Organisation(id, "Old Harbour School", "https://school.example"));
        scene.Trust["closings"] = new JsonArray(new JsonObject { ["organisation"] = id, ["at"] = Now - (300 * Day), ["terms"] = new JsonArray([.. terms]), ["named"] = named });
        scene.Trust["accreditations"] = Grants(new Scope([Vct], OnBehalfOf: [id]));
        if (!says) return;
        void Say(List<byte[]> members)
        {
            members[0] = Raw.Int(2);
            members.Add(Raw.Bytes(school));
        }
        scene.Forge.IssuerMembers += Say;
        scene.Forge.PaperMembers += Say;
    }

    /// <summary>The college was depositary until another was named a hundred days ago, who accepted ten days later.</summary>
    private static JsonObject First => Term(College, Now - (200 * Day), Now - (100 * Day));

    private static JsonObject Second => Term(Ministry, Now - (90 * Day));

    private static void Retire(PackedScene scene, int daysAgo) => scene.End("retired", Now - (daysAgo * Day));

    private static string Rogue(PackedScene scene)
    {
        var id = Convert.ToHexStringLower(Fixed.Bytes("rogue", 32));
        var rogue = Organisation(id, "Rogue");
        rogue["issuer"] = "https://rogue.example";
        scene.Trust["organisations"]!.AsArray().Add((JsonNode)rogue);
        return id;
    }

    private static PackedScene With(Action<PackedScene> change, Forge? forge = null)
    {
        var scene = forge is null ? new PackedScene() : new PackedScene { Forge = forge };
        change(scene);
        return scene;
    }
}
