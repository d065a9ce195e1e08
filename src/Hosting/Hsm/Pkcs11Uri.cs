using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Identity.Hosting.Hsm;

/// <summary>
/// Names one private key in a token (RFC 7512), for instance
/// <c>pkcs11:token=College;object=signing?module-path=/usr/lib/softhsm/libsofthsm2.so&amp;pin-source=file:/etc/identity/pin</c>. Read strictly: what is not known is refused, nothing may stand twice,
/// and a PIN never stands in it. <c>pin-source</c> is <c>file:PATH</c>, a path, or <c>env:NAME</c>.
/// </summary>
public sealed record Pkcs11Uri
{
    private const string Scheme = "pkcs11:";
    private const string PathMarks = "-._~:[]@!$'()*+,=&";
    private const string QueryMarks = "-._~:[]@!$'()*+,=/?|";

    private Pkcs11Uri(Dictionary<string, byte[]> path, Dictionary<string, byte[]> query)
    {
        string? Text(Dictionary<string, byte[]> from, string name) => from.TryGetValue(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;
        (Token, Serial, Object, Id) = (Text(path, "token"), Text(path, "serial"), Text(path, "object"), path.GetValueOrDefault("id"));
        (ModulePath, PinSource) = (Text(query, "module-path") ?? "", Text(query, "pin-source") ?? "");
    }

    /// <summary>The token's label.</summary>
    public string? Token { get; }

    /// <summary>The token's serial number.</summary>
    public string? Serial { get; }

    /// <summary>The key's label (CKA_LABEL).</summary>
    public string? Object { get; }

    /// <summary>The key's id (CKA_ID).</summary>
    public byte[]? Id { get; }

    /// <summary>The library that speaks to the token, an absolute path.</summary>
    public string ModulePath { get; }

    /// <summary>Where the PIN is: <c>file:PATH</c>, a path, or <c>env:NAME</c>.</summary>
    public string PinSource { get; }

    /// <summary>Looks like one, right or wrong.</summary>
    public static bool IsOne(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="FormatException">It is none; the message says why, and repeats nothing of what may be a PIN.</exception>
    public static Pkcs11Uri Parse(string text) => TryParse(text, out var uri, out var reason) ? uri : throw new FormatException($"The PKCS #11 address of a key cannot be used: {reason}.");

    /// <summary>Reads it; the reason repeats nothing of what may be a PIN.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Pkcs11Uri? uri, out string reason)
    {
        uri = null;
        reason = "it does not begin with pkcs11:";
        if (!text.StartsWith(Scheme, StringComparison.Ordinal)) return false;
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var (before, after) = question < 0 ? (text[Scheme.Length..], "") : (text[Scheme.Length..question], text[(question + 1)..]);
        if (!TryRead(before, ';', PathMarks, ["token", "serial", "object", "id", "type"], out var path, out reason) || !TryRead(after, '&', QueryMarks, ["module-path", "pin-source"], out var query, out reason)) return false;
        if (path.Remove("type", out var type) && !type.AsSpan().SequenceEqual("private"u8)) return Not("type must be private", out reason);

        var read = new Pkcs11Uri(path, query);
        if (read.Token is null && read.Serial is null) return Not("it names no token: give token or serial", out reason);
        if (read.Object is null && read.Id is null) return Not("it names no key: give object or id", out reason);
        if (!Path.IsPathFullyQualified(read.ModulePath)) return Not("module-path must be the absolute path of the token's library", out reason);
        if (read.PinFile is null && read.PinVariable is null) return Not("pin-source must be file:PATH or env:NAME", out reason);
        uri = read;
        return true;
    }

    /// <summary>The key alone: neither where the PIN is nor the library.</summary>
    public override string ToString() =>
        Scheme + string.Join(';', new[] { ("token", Token), ("serial", Serial), ("object", Object), ("id", Id is null ? null : Convert.ToHexStringLower(Id)) }.Where(p => p.Item2 is not null).Select(p => $"{p.Item1}={p.Item2}"));

    /// <summary>The PIN as it is now; whoever changes it changes its source.</summary>
    /// <exception cref="HsmException">There is none.</exception>
    internal string Pin()
    {
        var pin = PinVariable is { } name ? Environment.GetEnvironmentVariable(name) : ReadPinFile();
        return string.IsNullOrEmpty(pin) ? throw new HsmException($"The PIN for {this} is not where pin-source says: {PinSource}.", passing: false) : pin;
    }

    private string? PinVariable => PinSource.StartsWith("env:", StringComparison.Ordinal) && PinSource.Length > 4 ? PinSource[4..] : null;

    private string? PinFile
    {
        get
        {
            var file = PinSource.StartsWith("file:", StringComparison.Ordinal) ? PinSource[5..] : PinSource;
            if (file.StartsWith("///", StringComparison.Ordinal)) file = file[2..];
            return Path.IsPathFullyQualified(file) ? file : null;
        }
    }

    private string? ReadPinFile()
    {
        try
        {
            return File.ReadAllText(PinFile!).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool TryRead(string text, char between, string marks, string[] known, out Dictionary<string, byte[]> parts, out string reason)
    {
        parts = [];
        reason = "";
        if (text.Length == 0) return true;
        foreach (var part in text.Split(between))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) return Not("a part of it has no name or no value", out reason);
            var name = part[..equals];
            if (name == "pin-value") return Not("a PIN must not stand in it; use pin-source", out reason);
            if (!known.Contains(name)) return Not(name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? $"{name} is not known here" : "a part of it has no proper name", out reason);
            if (!TryDecode(part[(equals + 1)..], marks, out var value) || value.Length == 0) return Not($"the value of {name} is empty, or not written as it must be", out reason);
            if (name != "id" && !System.Text.Unicode.Utf8.IsValid(value)) return Not($"the value of {name} is not UTF-8", out reason);
            if (!parts.TryAdd(name, value)) return Not($"{name} stands twice", out reason);
        }
        return true;
    }

    private static bool TryDecode(string text, string marks, out byte[] value)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes.Add(Convert.ToByte(text.Substring(i + 1, 2), 16));
                i += 2;
            }
            else if (char.IsAsciiLetterOrDigit(c) || marks.Contains(c, StringComparison.Ordinal))
            {
                bytes.Add((byte)c);
            }
            else
            {
                value = [];
                return false;
            }
        }
        value = [.. bytes];
        return true;
    }

    private static bool Not(string why, out string reason)
    {
        reason = why;
        return false;
    }
}
