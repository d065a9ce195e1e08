using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Identity.Credentials;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Ledger.Evm;

namespace Identity.Issuer.Deposits;

/// <summary>
/// The file of a hand-over: lines of text, each a compact JWE (ECDH-ES, A256GCM) for the depositary's key over some whole <see cref="HandOverLine"/>s, so that neither side ever holds all of it. That no part is
/// missing, doubled or of another file is for the last line to say.
/// </summary>
internal sealed class HandOverWriter(Stream file, Jwk recipient) : IDisposable
{
    private readonly MemoryStream _part = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _lines;

    /// <summary>Adds a line.</summary>
    public async Task AddAsync(HandOverLine line, CancellationToken ct)
    {
        var bytes = line.Encode();
        if (bytes.Length > HandOverLine.MaxBytes) throw new InvalidOperationException("A record is longer than a hand-over takes.");
        if (_part.Length + bytes.Length > HandOverFile.PartBytes) await FlushAsync(ct);
        _part.Write(bytes);
        _hash.AppendData(bytes);
        _lines++;
    }

    /// <summary>Adds the last line, signed by the organisation's account on the ledger.</summary>
    public async Task EndAsync(IEvmSigner account, CancellationToken ct)
    {
        var digest = _hash.GetCurrentHash();
        await AddAsync(new HandOverLine.End(_lines, digest, account.Sign(HandOverLine.Hash(digest))), ct);
        await FlushAsync(ct);
    }

    private async Task FlushAsync(CancellationToken ct)
    {
        if (_part.Length == 0) return;
        var jwe = Jwe.Encrypt(_part.GetBuffer().AsSpan(0, (int)_part.Length), recipient, "A256GCM", RandomNumberGenerator.Fill);
        await file.WriteAsync(Encoding.ASCII.GetBytes(jwe + "\n"), ct);
        _part.SetLength(0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _part.Dispose();
        _hash.Dispose();
    }
}

/// <summary>Reads such a file.</summary>
internal static class HandOverFile
{
    /// <summary>The most bytes of a part before it is encrypted.</summary>
    public const int PartBytes = 4 * 1024 * 1024;

    /// <summary>The most records of a file.</summary>
    public const int MaxRecords = 1_000_000;

    /// <summary>The most status lists of a file: each may stand for a megabyte.</summary>
    public const int MaxLists = 128;

    /// <summary>The most copies of a file; what is known of each is held in memory while it is read.</summary>
    public const int MaxCopies = 10_000_000;

    private const int PartText = PartBytes / 3 * 4 + 4096;

    /// <summary>
    /// The lines in their order. The last is <see cref="HandOverLine.End"/> where the file is whole and agrees with itself, else <see cref="HandOverLine.Bad"/> with the reason. Who signed it, and whether the ledger says
    /// the same of the organisation, is the caller's to ask.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="key">The private key for a key id, or null.</param>
    /// <param name="check">Knows at the end what the lines say together.</param>
    /// <param name="ct">Ends the reading.</param>
    public static async IAsyncEnumerable<HandOverLine> ReadAsync(Stream file, Func<string?, ECDiffieHellman?> key, HandOverCheck check, [EnumeratorCancellation] CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var part in PartsAsync(file, ct))
        {
            if (part is null) yield return new HandOverLine.Bad("a part is too long, or the file does not end with its last part");
            if (part is null) yield break;
            if (!Jwe.TryDecrypt(part, key, out var plain, out var reason, PartBytes))
            {
                yield return new HandOverLine.Bad($"a part cannot be opened: {reason}");
                yield break;
            }
            for (var at = 0; at < plain.Length;)
            {
                var length = Array.IndexOf(plain, (byte)'\n', at) - at;
                var line = length is < 0 or >= HandOverLine.MaxBytes ? new HandOverLine.Bad("a line is too long or has no end") : check.Next(HandOverLine.Read(plain.AsSpan(at, length)), hash);
                yield return line;
                if (line is HandOverLine.Bad) yield break;
                hash.AppendData(plain, at, length + 1);
                at += length + 1;
            }
        }
        if (!check.IsEnded) yield return new HandOverLine.Bad("the file is cut: its last line is missing");
    }

    // A line of the file, null for one that is longer than any part can be, and for what has no line feed.
    private static async IAsyncEnumerable<string?> PartsAsync(Stream file, [EnumeratorCancellation] CancellationToken ct)
    {
        var buffer = new byte[81_920];
        using var line = new MemoryStream();
        for (int read; (read = await file.ReadAsync(buffer, ct)) > 0;)
        {
            for (var at = 0; at < read;)
            {
                var end = Array.IndexOf(buffer, (byte)'\n', at, read - at);
                var length = (end < 0 ? read : end) - at;
                if (line.Length + length > PartText)
                {
                    yield return null;
                    yield break;
                }
                line.Write(buffer, at, length);
                at += length + 1;
                if (end < 0) break;
                yield return Encoding.ASCII.GetString(line.GetBuffer(), 0, (int)line.Length);
                line.SetLength(0);
            }
        }
        if (line.Length > 0) yield return null;
    }
}
