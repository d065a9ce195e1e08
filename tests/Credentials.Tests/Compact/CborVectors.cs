using System.Text.Json.Nodes;

namespace Identity.Credentials.Tests.Compact;

/// <summary>What tests/vectors/compact/cbor.json holds: single items, and whether section 2 of the page takes them.</summary>
internal static class CborVectors
{
    private static readonly (string Name, string Hex)[] Taken =
    [
        ("0", "00"), ("23", "17"), ("24", "1818"), ("255", "18ff"), ("256", "190100"), ("65535", "19ffff"), ("65536", "1a00010000"), ("2^32 - 1", "1affffffff"), ("2^32", "1b0000000100000000"),
        ("2^53", "1b0020000000000000"), ("2^64 - 1", "1bffffffffffffffff"), ("-1", "20"), ("-24", "37"), ("-25", "3818"), ("-2^53", "3b001fffffffffffff"), ("-2^64", "3bffffffffffffffff"),
        ("false", "f4"), ("true", "f5"), ("null", "f6"), ("no bytes", "40"), ("no text", "60"), ("a letter of four bytes", "64f09d9282"), ("a byte order mark", "63efbbbf"), ("a zero in a text", "6100"),
        ("the last code point", "64f48fbfbf"), ("the last before the surrogates", "63ed9fbf"), ("an empty list", "80"), ("an empty map", "a0"), ("lists six deep", "818181818180"), ("maps six deep", "a100a100a100a100a100a0"),
        ("keys in the order of their bytes", "a41818002000410000617800"), ("a longer text after a shorter", "a261620062616100"), ("a list as key", "a1810000"), ("false as key", "a1f400"), ("items of every kind as keys", "a700002000400060008000a000f400"),
    ];

    private static readonly (string Name, string Hex)[] Not =
    [
        ("nothing", ""), ("two items", "0000"), ("23 in two bytes", "1817"), ("255 in three bytes", "1900ff"), ("65535 in five bytes", "1a0000ffff"), ("2^32 - 1 in nine bytes", "1b00000000ffffffff"), ("-24 in two bytes", "3817"),
        ("a length in more bytes than needed", "580100"), ("a text's length in more bytes than needed", "780161"), ("a list's length in more bytes than needed", "980100"), ("a map's length in more bytes than needed", "b8010000"),
        ("a number cut short", "1b00000001000000"), ("bytes cut short", "4200"), ("a text cut short", "6261"), ("a list cut short", "8200"), ("a map cut short", "a100"), ("a map with half a pair", "a2000001"),
        ("bytes of a claimed length of 2^64 - 1", "5bffffffffffffffff"), ("a list of a claimed length of 2^64 - 1", "9bffffffffffffffff"), ("a map of a claimed length of 2^63", "bb8000000000000000"),
        ("bytes of unknown length", "5f4100ff"), ("a text of unknown length", "7f6161ff"), ("a list of unknown length", "9f00ff"), ("a map of unknown length", "bf0000ff"), ("an end alone", "ff"),
        ("argument 28", "1c"), ("argument 29", "1d"), ("argument 30", "1e"), ("argument 31 of a number", "1f"), ("a tag", "c000"), ("the tag of COSE_Sign1", "d280"), ("a tag in a list", "81c000"),
        ("a fraction of 2 bytes", "f93c00"), ("a fraction of 4 bytes", "fa3f800000"), ("a fraction of 8 bytes", "fb3ff0000000000000"), ("no number, 2 bytes", "f97e00"), ("infinity, 2 bytes", "f97c00"), ("infinity, 8 bytes", "fb7ff0000000000000"), ("minus zero", "f98000"),
        ("undefined", "f7"), ("simple value 0", "e0"), ("simple value 19", "f3"), ("simple value 24", "f818"), ("simple value 32", "f820"), ("simple value 255", "f8ff"), ("false in two bytes", "f814"),
        ("a text of one loose byte", "6180"), ("an overlong letter", "62c080"), ("a surrogate", "63eda080"), ("two surrogates", "66eda080edb080"), ("a code point past the last", "64f4908080"), ("half a letter", "61c3"),
        ("lists seven deep", "81818181818180"), ("maps seven deep", "a100a100a100a100a100a100a0"), ("a map in lists seven deep", "818181818181a0"),
        ("a key twice", "a201000100"), ("two keys out of order", "a202000100"), ("keys in the order of their length", "a22000181800"), ("texts in the order of the alphabet", "a262616100616200"), ("a key twice in a map in a list", "81a201000100"), ("a fraction as key", "a1f93c0000"),
    ];

    public static IEnumerable<JsonObject> All() =>
        Taken.Select(v => Vector(v.Name, v.Hex, null)).Concat(Not.Select(v => Vector(v.Name, v.Hex, "form")));

    private static JsonObject Vector(string name, string hex, string? stage) => VectorWriter.Result(new JsonObject { ["name"] = name, ["kind"] = "cbor", ["hex"] = hex }, stage);
}
