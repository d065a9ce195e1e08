using System.Text.Json.Nodes;
using Identity.Credentials.Cose;

namespace Identity.Credentials.Tests.Compact;

/// <summary>Proofs bound to a time: what <see cref="VectorWriter"/> writes as rolling.json.</summary>
internal static class RollingVectors
{
    public static IEnumerable<JsonObject> All()
    {
        const long Drawn = 1_790_000_000;
        JsonObject Vector(string name, Forge forge, string? stage) => VectorWriter.Result(new JsonObject
        {
            ["name"] = name, ["kind"] = "rolling", ["text"] = "IDP:" + Base45.Encode(forge.MakeProof()), ["issuerKey"] = "issuer",
        }, stage);

        JsonObject Good(string name, long time, bool unsure, long now, string verdict)
        {
            var forge = new Forge { PayloadMembers = m => m[3] = Raw.Array(Raw.Int(time), Raw.Int(unsure ? 1 : 0)) };
            var vector = Vector(name, forge, null);
            VectorWriter.Describe(vector, forge, forge.Shown);
            (vector["rolling"], vector["now"], vector["verdict"]) = (new JsonObject { ["time"] = time, ["clockUnsure"] = unsure }, now, verdict);
            return vector;
        }

        JsonObject Bent(string name, byte[] binding, string stage = "form", Action<Forge>? bend = null)
        {
            var forge = new Forge { PayloadMembers = m => m[3] = binding };
            bend?.Invoke(forge);
            return Vector(name, forge, stage);
        }

        byte[] Bound(params byte[][] members) => Raw.Array(members);

        yield return Good("drawn seven seconds ago", Drawn, false, Drawn + 7, "within");
        yield return Good("clock unsure", Drawn, true, Drawn + 7, "within");
        yield return Good("120 seconds old", Drawn, false, Drawn + 120, "within");
        yield return Good("121 seconds old", Drawn, false, Drawn + 121, "replayed");
        yield return Good("120 seconds ahead", Drawn, true, Drawn - 120, "within");
        yield return Good("121 seconds ahead", Drawn, true, Drawn - 121, "replayed");
        yield return Good("the first second", 0, false, 0, "within");
        yield return Good("the last second of the year 9999", 253_402_300_799, false, 253_402_300_700, "within");

        yield return Bent("a time before 1970", Bound(Raw.Int(-1), Raw.Int(0)));
        yield return Bent("a time past the year 9999", Bound(Raw.Int(253_402_300_800), Raw.Int(0)));
        yield return Bent("a time as text", Bound(Raw.Text("1790000000"), Raw.Int(0)));
        yield return Bent("a time as float", Bound([0xFB, 0x41, 0xDA, 0xAC, 0x4B, 0xE0, 0, 0, 0], Raw.Int(0)));
        yield return Bent("a tagged time", Bound([0xC1, .. Raw.Int(Drawn)], Raw.Int(0)));
        yield return Bent("no time", Bound(Raw.Null, Raw.Int(0)));
        yield return Bent("a time in more bytes than needed", Bound([0x1B, 0, 0, 0, 0, .. BitConverter.GetBytes((int)Drawn).Reverse()], Raw.Int(0)));
        yield return Bent("a doubt of 2", Bound(Raw.Int(Drawn), Raw.Int(2)));
        yield return Bent("a doubt below zero", Bound(Raw.Int(Drawn), Raw.Int(-1)));
        yield return Bent("a doubt as true", Bound(Raw.Int(Drawn), [0xF5]));
        yield return Bent("no doubt", Bound(Raw.Int(Drawn)));
        yield return Bent("nothing", Bound());
        yield return Bent("a third member", Bound(Raw.Int(Drawn), Raw.Int(0), Raw.Int(0)));
        yield return Bent("array of unknown length", [0x9F, .. Raw.Int(Drawn), .. Raw.Int(0), 0xFF]);
        yield return Bent("the time alone", Raw.Int(Drawn));
        yield return Bent("null", Raw.Null);
        yield return Bent("an empty map", [0xA0]);
        yield return Bent("a digest of 33 bytes", Raw.Bytes(new byte[33]));
        yield return Bent("holder signature by another key", Bound(Raw.Int(Drawn), Raw.Int(0)), "holder", f => f.IssuerMembers = m => m[8] = Raw.Bytes(Fixed.Key("stranger").PublicKey.Compressed()));
        yield return Bent("the time changed after signing", Bound(Raw.Int(Drawn), Raw.Int(0)), "holder", f => f.SignedPayload = p => [.. p[..^2], (byte)(p[^2] ^ 1), p[^1]]);
        yield return Bent("the doubt taken away after signing", Bound(Raw.Int(Drawn), Raw.Int(1)), "holder", f => f.SignedPayload = p => [.. p[..^1], 0]);
    }
}
