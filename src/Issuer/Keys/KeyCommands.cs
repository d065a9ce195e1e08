using System.Globalization;
using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Keys;

/// <summary>
/// Keys that an organisation registers by hand, with its own account: those that this service does not sign with, such as the key of trust packs (docs/operations/pack-key.md).
/// <c>keys ORGANISATION</c> lists, <c>… add FILE</c>, <c>… end THUMBPRINT retired</c>, <c>… end THUMBPRINT stolen SINCE</c>. FILE is a P-256 key as PEM, public or private: only its public half is
/// used. SINCE as RFC 3339. Killed at any line, the same call again does what is left.
/// </summary>
internal sealed class KeyCommands(RegistryAccess registry, IssuerDb db, TimeProvider clock, TextWriter output)
{
    /// <summary>Exit codes: it is on the ledger; it was refused; the ledger could not be reached; wrong call.</summary>
    public const int Done = 0, Refused = 1, Unreachable = 2, Usage = 3;

    private const ulong Step = 2000;
    private const int MaxFile = 16 * 1024;

    /// <summary>Does what the words after the organisation say.</summary>
    public async Task<int> RunAsync(Organisation organisation, string[] words, CancellationToken ct)
    {
        try
        {
            if (!await registry.Client.IsDeployedAsync(ct)) return await SayAsync(Unreachable, "The registry contract is not on the ledger.");
            if (await registry.Client.FindOrganisationAsync(organisation.Profile.Id(), ct) is null)
                return await SayAsync(Refused, $"The ledger has no organisation of exactly these words: {organisation.Profile.Canonical()}");
            return words switch
            {
                [] => await ListAsync(organisation, ct),
                ["add", var file] => await AddAsync(organisation, file, ct),
                ["end", var key, "retired"] when Thumbprint(key) is { } thumbprint => await EndAsync(organisation, thumbprint, clock.GetUtcNow(), KeyEnding.Retired, ct),
                ["end", var key, "stolen", var text] when Thumbprint(key) is { } thumbprint && DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since) => await EndAsync(organisation, thumbprint, since, KeyEnding.Compromised, ct),
                _ => await SayAsync(Usage, "Call: keys ORGANISATION [add FILE | end THUMBPRINT retired | end THUMBPRINT stolen SINCE]. SINCE as 2027-12-31T08:00:00Z."),
            };
        }
        catch (Exception fault) when (fault is EvmException or HttpRequestException or TimeoutException)
        {
            return await SayAsync(Unreachable, $"The ledger cannot be reached, or was busy: {fault.Message} Look with “keys {organisation.Slug}”, then call again.");
        }
    }

    private async Task<int> ListAsync(Organisation organisation, CancellationToken ct)
    {
        var (id, keys) = (organisation.Profile.Id(), new List<byte[]>());
        var last = (await registry.Client.Evm.HeadAsync(ct)).Number;
        for (ulong from = 0; from <= last; from += Step)
            foreach (var added in (await registry.Client.ReadEventsAsync(from, Math.Min(from + Step - 1, last), ct)).OfType<RegistryEvent.KeyAdded>())
                if (Same(added.Organisation, id)) keys.Add(added.Thumbprint);
        foreach (var key in keys) await output.WriteLineAsync(Line(key, (await registry.Client.FindKeyAsync(key, ct))!));
        return keys.Count > 0 ? Done : await SayAsync(Done, "This organisation has registered no key.");
    }

    private async Task<int> AddAsync(Organisation organisation, string file, CancellationToken ct)
    {
        if (!File.Exists(file)) return await SayAsync(Usage, $"There is no file {file}.");
        if (Read(file) is not { } key) return await SayAsync(Refused, "Not registered: the file is no P-256 key as PEM.");
        if (await registry.Client.FindKeyAsync(key.Thumbprint(), ct) is { } known)
            return Same(known.Organisation, organisation.Profile.Id()) ? await SayAsync(Done, Line(key.Thumbprint(), known)) : await SayAsync(Refused, "Not registered: the key is another organisation's.");
        return await registry.Client.AddKeyAsync(organisation.Account, organisation.Profile.Id(), key.Thumbprint(), clock.GetUtcNow(), key.XBytes(), key.YBytes(), ct) switch
        {
            RegistryWrite.Refused refused => await RefusedAsync(refused),
            _ => await SayAsync(Done, $"Registered: {key.ThumbprintText()}"),
        };
    }

    private async Task<int> EndAsync(Organisation organisation, byte[] thumbprint, DateTimeOffset at, KeyEnding reason, CancellationToken ct)
    {
        var text = Base64Url.Encode(thumbprint);
        if (await registry.Client.FindKeyAsync(thumbprint, ct) is not { } known || !Same(known.Organisation, organisation.Profile.Id())) return await SayAsync(Refused, $"This organisation has no key {text}.");
        if (await db.Set<SigningKeyRow>().AnyAsync(key => key.Organisation == organisation.Slug && key.Thumbprint == text && key.EndedAt == null, ct))
            return await SayAsync(Refused, "This service signs with that key: end it in the console, under Keys, so that another takes over first.");
        if (known.RetiredAt is not null && reason == KeyEnding.Retired || known.CompromisedAt <= at && reason == KeyEnding.Compromised) return await SayAsync(Done, Line(thumbprint, known));
        if (await registry.Client.EndKeyAsync(organisation.Account, organisation.Profile.Id(), thumbprint, at, reason, ct) is RegistryWrite.Refused refused) return await RefusedAsync(refused);
        return await SayAsync(Done, Line(thumbprint, (await registry.Client.FindKeyAsync(thumbprint, ct))!));
    }

    private Task<int> RefusedAsync(RegistryWrite.Refused refused) => SayAsync(Refused, $"The ledger refuses it: {refused.Reason} ({refused.Error}).");

    private async Task<int> SayAsync(int code, string text)
    {
        await output.WriteLineAsync(text);
        return code;
    }

    private static string Line(byte[] thumbprint, RegisteredKey key) =>
        $"{Base64Url.Encode(thumbprint)} since {key.From:u}{(key.RetiredAt is { } retired ? $", retired {retired:u}" : "")}{(key.CompromisedAt is { } stolen ? $", stolen {stolen:u}" : "")}";

    private static byte[]? Thumbprint(string text) => Base64Url.TryDecode(text, out var bytes) && bytes.Length == 32 ? bytes : null;

    private static Jwk? Read(string file)
    {
        if (new FileInfo(file).Length > MaxFile) return null;
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(file));
            return Jwk.From(key);
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            return null;
        }
    }

    private static bool Same(byte[] left, byte[] right) => left.AsSpan().SequenceEqual(right);
}
