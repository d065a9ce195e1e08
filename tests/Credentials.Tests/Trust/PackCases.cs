using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Trust;
using Identity.Credentials.Verdicts;
using Identity.TestKit;

namespace Identity.Credentials.Tests.Trust;

/// <summary>One file of tests/vectors/trustpack: what a reader is given and what it must answer; empty is taken.</summary>
internal sealed record PackCase(string Name, byte[] Bytes, byte[]? Base, long Held, string Expected);

/// <summary>
/// Writes tests/vectors/trustpack/packs.json, which the browser code reads too. Signatures are random: run with <c>IDENTITY_WRITE_VECTORS=1</c> to make them anew.
/// Each refused one differs from a good one in a single thing; everything after it is signed anew unless the fault is a signature.
/// </summary>
public sealed class PackCases
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string File => Checkout.Vector("trustpack/packs.json");

    [Fact]
    public void Vectors_are_written_when_asked()
    {
        if (Environment.GetEnvironmentVariable("IDENTITY_WRITE_VECTORS") != "1") return;
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        var file = new JsonObject
        {
            ["about"] = "Trust packs, docs/trust-pack.md: 'bytes' is a whole pack, or a delta where there is a 'base'; 'held' is the version at hand; 'expected' is empty where it is taken, else the reason. Bytes are base64url, times Unix seconds.",
            ["signer"] = PackWorld.Signer.PublicKey.ThumbprintText(),
            ["now"] = PackWorld.Now.ToUnixTimeSeconds(),
            ["content"] = Base64Url.Encode(PackWorld.Pack().Bytes.Span),
            ["vectors"] = new JsonArray([.. All().Select(c => (JsonNode)new JsonObject
            {
                ["name"] = c.Name, ["bytes"] = Base64Url.Encode(c.Bytes), ["base"] = c.Base is null ? null : Base64Url.Encode(c.Base), ["held"] = c.Held, ["expected"] = c.Expected,
            })]),
        };
        System.IO.File.WriteAllText(File, file.ToJsonString(Readable) + "\n");
    }

    internal static IEnumerable<PackCase> All()
    {
        var good = PackWorld.Pack();
        var newer = PackWorld.Pack(PackWorld.Content(6), 8);
        var (file, delta) = (good.Encode(), PackDelta.Make(good, newer));
        var content = good.Bytes.ToArray();

        yield return Whole("a pack", file, "");
        yield return Whole("a pack of the version that is held", file, "", 7);
        yield return Whole("a pack that names a second depositary who has not accepted yet", PackWorld.Pack(PackWorld.InPlace(PackWorld.NamedAnother)).Encode(), "");
        yield return Whole("a pack with three times of two depositaries", PackWorld.Pack(PackWorld.InPlace(PackWorld.Returned)).Encode(), "");
        yield return Whole("a pack with as many times of depositaries as there may be", PackWorld.Pack(PackWorld.InPlace(Terms(64))).Encode(), "");
        yield return Whole("a pack of a register with more times of depositaries, which holds the newest", PackWorld.Pack(PackWorld.InPlace(Terms(65))).Encode(), "");
        yield return Changed("a delta", delta, "", file);
        yield return Whole("Attack_a_pack_is_cut_short", file[..^3], "malformed");
        yield return Whole("Attack_bytes_follow_the_pack", [.. file, 0], "malformed");
        yield return Whole("Attack_a_byte_of_the_deflated_content_is_changed", Bent(file, file.Length - 40), "malformed");
        yield return Whole("Attack_another_content_stands_under_the_signature", Rebuild(good.Statement.Encoded, newer.Bytes.ToArray()), "bad_signature");
        yield return Whole("Attack_a_byte_of_the_signature_is_changed", Rebuild(Bent(good.Statement.Encoded, good.Statement.Encoded.Length - 5), content), "bad_signature");
        yield return Whole("Attack_somebody_else_signed_the_pack", PackWorld.Pack(signer: PackWorld.Stranger).Encode(), "unknown_key");
        yield return Whole("Attack_somebody_else_signed_in_the_pinned_keys_name", Rebuild(Sign(content, signer: PackWorld.Stranger, named: PackWorld.Signer), content), "bad_signature");
        yield return Whole("Attack_the_signers_key_is_no_point_of_the_curve", Rebuild(Sign(content, point: [2, .. Enumerable.Repeat((byte)0xff, 32)]), content), "malformed");
        yield return Whole("Attack_a_signature_made_for_another_purpose", Rebuild(Sign(content, purpose: "identity-compact-issuer-v1"), content), "bad_signature");
        yield return Whole("Attack_an_older_version_is_put_in_place_of_a_newer", file, "pack_older", 8);
        yield return Whole("Attack_a_pack_from_the_future", Rebuild(Sign(content, madeAt: PackWorld.Now.AddMinutes(6)), content), "pack_future");
        yield return Whole("Attack_a_pack_is_good_for_longer_than_72_hours", Rebuild(Sign(content, life: 72 * 3600 + 1), content), "malformed");
        yield return Whole("Attack_a_pack_ends_before_it_begins", Rebuild(Sign(content, life: 0), content), "malformed");
        yield return Whole("Attack_a_decompression_bomb", Rebuild(Sign(content), new byte[32 * 1024 * 1024]), "too_large");
        yield return Whole("Attack_a_pack_claims_more_content_than_any_has", Rebuild(Sign(content, length: 32 * 1024 * 1024 + 1), content), "malformed");
        yield return Whole("Attack_a_pack_claims_another_length", Rebuild(Sign(content, length: content.Length + 1), content), "bad_signature");
        yield return Whole("Attack_arrays_are_nested_deeply", Outer(TrustName, 3, [.. Enumerable.Repeat((byte)0x81, 5000), 0xf6]), "malformed");
        yield return Whole("another version of the format", Outer(TrustName, 2, good.Statement.Encoded, [0x40]), "unsupported");
        yield return Whole("another version of the statement", Rebuild(Sign(content, version: 2), content), "unsupported");
        foreach (var (name, bent) in Contents()) yield return Whole(name, Rebuild(Sign(bent), bent), "malformed");

        yield return Changed("Attack_a_delta_is_cut_short", delta[..^2], "malformed", file);
        yield return Changed("Attack_a_delta_for_another_pack", delta, "pack_other_base", PackWorld.Pack(PackWorld.Content(9)).Encode());
        yield return Changed("Attack_a_delta_to_an_older_pack", PackDelta.Make(newer, good), "pack_older", newer.Encode());
        yield return Changed("Attack_a_delta_puts_other_bytes_in", Delta(good, newer.Statement.Encoded, [(0, content.Length - 1, [0])]), "bad_signature", file);
        yield return Changed("Attack_a_delta_copies_without_end", Delta(good, newer.Statement.Encoded, [.. Enumerable.Repeat((0, content.Length, Array.Empty<byte>()), 1), .. Enumerable.Repeat((-content.Length, content.Length, Array.Empty<byte>()), 2000)]), "malformed", file);
        yield return Changed("Attack_a_delta_reaches_before_the_pack", Delta(good, newer.Statement.Encoded, [(-1, 1, [])]), "malformed", file);
        yield return Changed("Attack_a_delta_reaches_past_the_pack", Delta(good, newer.Statement.Encoded, [(0, content.Length + 1, [])]), "malformed", file);
        yield return Changed("Attack_a_delta_that_somebody_else_signed", PackDelta.Make(good, PackWorld.Pack(PackWorld.Content(6), 8, PackWorld.Stranger)), "unknown_key", file);
    }

    private const string TrustName = "identity-trust-pack";

    // Contents that a pinned signer signed all the same: its fault, or its thief's.
    private static IEnumerable<(string Name, byte[] Content)> Contents()
    {
        var good = PackWorld.Pack().Bytes.ToArray();
        yield return ("Attack_a_key_in_the_pack_is_on_another_curve", Replace(good, PackWorld.InForce.PublicKey.YBytes(), Fixed.Bytes("no point", 32)));
        yield return ("Attack_one_organisation_stands_twice", Replace(good, PackWorld.Ministry.Id, PackWorld.College.Id));
        yield return ("Attack_a_list_stands_twice", Replace(good, "status/4"u8.ToArray(), "status/3"u8.ToArray()));
        yield return ("Attack_a_text_is_no_unicode", Replace(good, "Port Selin"u8.ToArray(), [0xff, .. "ort Selin"u8]));
        yield return ("Attack_numbers_stand_in_a_longer_form_than_needed", [good[0], good[1], .. (byte[])[0x1a, 0, 0], .. good[3..]]);
        yield return ("Attack_a_map_with_a_key_twice_stands_in_the_content", [0x86, .. good[1..], 0xa2, 0x01, 0x01, 0x01, 0x02]);
        yield return ("Attack_the_content_is_nested_deeply", [0x85, .. Enumerable.Repeat((byte)0x81, 3000), 0xf6]);
        var prefix = PackWorld.RetiredEntry[..16];
        // The college's accreditation begins with its number, the one above, the holder's place and the right.
        byte[] leaf = [0x89, 2, 1, 1, 1];
        yield return ("Attack_an_accreditation_stands_under_one_that_is_not_there", Replace(good, leaf, [0x89, 2, 3, 1, 1]));
        yield return ("Attack_an_accreditation_stands_under_itself", Replace(good, leaf, [0x89, 2, 2, 1, 1]));
        yield return ("Attack_an_accreditation_stands_twice", Replace(good, leaf, [0x89, 1, 1, 1, 1]));
        yield return ("Attack_an_accreditation_of_nobody", Replace(good, leaf, [0x89, 2, 1, 2, 1]));
        yield return ("Attack_an_accreditation_gives_no_right", Replace(good, leaf, [0x89, 2, 1, 1, 0]));
        yield return ("Attack_an_accreditation_gives_a_right_of_tomorrow", Replace(good, leaf, [0x89, 2, 1, 1, 4]));
        var content = PackWorld.Content();
        yield return ("Attack_a_chain_of_nine_accreditations", (content with { Accreditations = [content.Accreditations[0], .. Enumerable.Range(2, 8).Select(n => content.Accreditations[1] with { Number = (ulong)n, Parent = (ulong)n - 1 })] }).Encode());
        foreach (var (name, closing) in Closings()) yield return (name, Replace(PackWorld.InPlace(PackWorld.NamedAnother).Encode(), Raw.Array(At, Raw.Array(Before), Raw.Int(0)), closing));
        yield return ("Attack_half_a_prefix_stands_in_a_list", Replace(good, [0x50, .. prefix], [0x48, .. prefix[..8]]));
    }

    // The school that was closed is in place 2, the ministry in 0, the college in 1: it was in charge before, and now the ministry is named.
    private static IEnumerable<(string Name, byte[] Closing)> Closings()
    {
        static byte[] Closing(byte[] named, params byte[][] terms) => Raw.Array(At, Raw.Array(terms), named);
        static byte[] Term(int depositary, int from, int? until) => Raw.Array(Raw.Int(depositary), Raw.Int(Closed + from), until is { } end ? Raw.Int(Closed + end) : Raw.Null);
        yield return ("Attack_a_closed_organisation_is_its_own_depositary", Closing(Raw.Null, Term(2, 0, null)));
        yield return ("Attack_a_closed_organisation_was_its_own_depositary", Closing(Raw.Int(0), Term(2, 0, 9)));
        yield return ("Attack_a_closed_organisation_is_named_as_its_own_depositary", Closing(Raw.Int(2), Before));
        yield return ("Attack_a_depositary_that_is_no_organisation", Closing(Raw.Null, Term(3, 0, null)));
        yield return ("Attack_an_earlier_depositary_that_is_no_organisation", Closing(Raw.Int(0), Term(3, 0, 9)));
        yield return ("Attack_somebody_is_named_who_is_no_organisation", Closing(Raw.Int(3), Before));
        yield return ("Attack_a_depositary_before_the_first_organisation", Closing(Raw.Null, Term(-1, 0, null)));
        yield return ("Attack_a_deposit_is_accepted_by_nobody", Closing(Raw.Null, Raw.Array(Raw.Null, At, Raw.Null)));
        yield return ("Attack_two_depositaries_at_a_time", Closing(Raw.Int(0), Term(1, 5, 9), Term(0, 8, 12)));
        yield return ("Attack_depositaries_out_of_order", Closing(Raw.Int(0), Term(0, 9, 12), Term(1, 5, 9)));
        yield return ("Attack_a_depositary_follows_one_whose_time_goes_on", Closing(Raw.Null, Term(1, 5, null), Term(0, 8, null)));
        yield return ("Attack_another_is_named_while_a_time_goes_on", Closing(Raw.Int(0), Term(1, 5, null)));
        yield return ("Attack_a_time_as_depositary_before_the_closing", Closing(Raw.Int(0), Term(1, -1, 9)));
        yield return ("Attack_a_time_as_depositary_that_ends_before_it_begins", Closing(Raw.Int(0), Term(1, 5, 4)));
        yield return ("Attack_a_time_as_depositary_of_no_second", Closing(Raw.Int(0), Term(1, 5, 5)));
        yield return ("Attack_a_time_as_depositary_without_members", Closing(Raw.Int(0), Raw.Array()));
        yield return ("Attack_a_time_as_depositary_with_a_member_more", Closing(Raw.Int(0), Raw.Array(Raw.Int(1), At, Raw.Null, Raw.Null)));
        yield return ("Attack_depositaries_are_none", Raw.Array(At, Raw.Null, Raw.Int(0)));
        yield return ("Attack_more_times_of_depositaries_than_there_may_be", Closing(Raw.Int(0), [.. Enumerable.Range(0, 65).Select(n => Term(n % 2, n, n + 1))]));
        yield return ("Attack_a_closing_as_in_the_version_before", Raw.Array(At, Raw.Int(1), At));
    }

    private static long Closed => PackWorld.TakenOver.ClosedAt.ToUnixTimeSeconds();

    private static byte[] At => Raw.Int(Closed);

    private static byte[] Before => Raw.Array(Raw.Int(1), Raw.Int(PackWorld.NamedAnother.Terms[0].From.ToUnixTimeSeconds()), Raw.Int(PackWorld.NamedAnother.Terms[0].Until!.Value.ToUnixTimeSeconds()));

    private static ClosingRecord Terms(int count) => PackWorld.TakenOver with
    {
        AcceptedAt = null, Earlier = [.. Enumerable.Range(0, count).Select(n => new DepositTerm(n % 2 == 0 ? PackWorld.Ministry : PackWorld.College, PackWorld.TakenOver.ClosedAt.AddSeconds(n), PackWorld.TakenOver.ClosedAt.AddSeconds(n + 1)))],
    };

    private static PackCase Whole(string name, byte[] bytes, string expected, long held = 0) => new(name, bytes, null, held, expected);

    private static PackCase Changed(string name, byte[] bytes, string expected, byte[] from) => new(name, bytes, from, 0, expected);

    private static byte[] Bent(byte[] bytes, int at)
    {
        var copy = bytes.ToArray();
        copy[at] ^= 1;
        return copy;
    }

    private static byte[] Replace(byte[] bytes, byte[] old, byte[] with)
    {
        var at = bytes.AsSpan().IndexOf(old);
        Assert.True(at > 0, "the bytes to replace are not there");
        return [.. bytes[..at], .. with, .. bytes[(at + old.Length)..]];
    }

    private static byte[] Sign(
        byte[] content, Es256Key? signer = null, Es256Key? named = null, byte[]? point = null, string? purpose = null, DateTimeOffset? madeAt = null, long life = 3600, int? length = null, int version = 3)
    {
        var writer = new CborWriter();
        writer.WriteStartArray(7);
        writer.WriteInt32(version);
        writer.WriteByteString(point ?? (named ?? signer ?? PackWorld.Signer).PublicKey.Compressed());
        writer.WriteInt64(7);
        writer.WriteInt64((madeAt ?? PackWorld.MadeAt).ToUnixTimeSeconds());
        writer.WriteInt64((madeAt ?? PackWorld.MadeAt).ToUnixTimeSeconds() + life);
        writer.WriteInt32(length ?? content.Length);
        writer.WriteByteString(SHA256.HashData(content));
        writer.WriteEndArray();
        return CoseSign1.Sign(writer.Encode(), purpose ?? PackStatement.Purpose, signer ?? PackWorld.Signer).Encoded;
    }

    private static byte[] Rebuild(byte[] statement, byte[] content)
    {
        var body = new CborWriter();
        body.WriteByteString(Inflate.Deflate(content));
        return Outer(TrustName, 3, statement, body.Encode());
    }

    private static byte[] Outer(string name, int version, params byte[][] members)
    {
        var writer = new CborWriter(CborConformanceMode.Lax);
        writer.WriteTextString(name);
        return [(byte)(0x82 + members.Length), .. writer.Encode(), (byte)version, .. members.SelectMany(m => m)];
    }

    private static byte[] Delta(TrustPack from, byte[] statement, IReadOnlyList<(int Skip, int Length, byte[] Insert)> edits)
    {
        var writer = new CborWriter();
        writer.WriteStartArray(5);
        writer.WriteTextString("identity-trust-delta");
        writer.WriteInt32(3);
        writer.WriteByteString(from.Statement.Digest);
        writer.WriteEncodedValue(statement);
        writer.WriteStartArray(edits.Count * 3);
        foreach (var (skip, length, insert) in edits)
        {
            writer.WriteInt32(skip);
            writer.WriteInt32(length);
            writer.WriteByteString(insert);
        }
        writer.WriteEndArray();
        writer.WriteEndArray();
        return writer.Encode();
    }
}
