using System.Globalization;
using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Keys;

/// <summary>
/// Keys that an organisation registers by hand, with its own account: those that this service does not sign with, such as the key of trust packs (docs/operations/pack-key.md).
/// <c>keys ORGANISATION</c> lists, <c>… add FILE</c>, <c>… end THUMBPRINT retired</c>, <c>… end THUMBPRINT stolen SINCE</c>. FILE is a P-256 key as PEM, public or private: only its public half is
/// used. SINCE as RFC 3339. Killed at any line, the same call again does what is left.
/// </summary>
internal sealed class KeyCommands(RegistryAccess registry, IssuerDb db, TimeProvider clock, TextWriter output) : AccountCommands("keys", registry, output)
{
    private const int MaxFile = 16 * 1024;

    protected override Task<int> DoAsync(Organisation organisation, string[] words, CancellationToken ct) => words switch
    {
        [] => ListAsync(organisation, ct),
        ["add", var file] => AddAsync(organisation, file, ct),
        ["end", var key, "retired"] when Thumbprint(key) is { } thumbprint => EndAsync(organisation, thumbprint, clock.GetUtcNow(), KeyEnding.Retired, ct),
        ["end", var key, "stolen", var text] when Thumbprint(key) is { } thumbprint && Time(text) is { } since => EndAsync(organisation, thumbprint, since, KeyEnding.Compromised, ct),
        _ => SayAsync(Usage, "Call: keys ORGANISATION [add FILE | end THUMBPRINT retired | end THUMBPRINT stolen SINCE]. SINCE as 2027-12-31T08:00:00Z."),
    };

    private async Task<int> ListAsync(Organisation organisation, CancellationToken ct)
    {
        var id = organisation.Profile.Id();
        var events = await Ledger.ReadEventsAsync(0, (await Ledger.Evm.HeadAsync(ct)).Number, ct);
        var keys = events.OfType<RegistryEvent.KeyAdded>().Where(added => Same(added.Organisation, id)).Select(added => added.Thumbprint).ToList();
        foreach (var key in keys) await TellAsync(Line(key, (await Ledger.FindKeyAsync(key, ct))!));
        return keys.Count > 0 ? Done : await SayAsync(Done, "This organisation has registered no key.");
    }

    private async Task<int> AddAsync(Organisation organisation, string file, CancellationToken ct)
    {
        if (!File.Exists(file)) return await SayAsync(Usage, $"There is no file {file}.");
        if (Read(file) is not { } key) return await SayAsync(Refused, "Not registered: the file is no P-256 key as PEM.");
        await RememberAsync(organisation, key, ct);
        if (await Ledger.FindKeyAsync(key.Thumbprint(), ct) is { } known)
            return Same(known.Organisation, organisation.Profile.Id()) ? await SayAsync(Done, Line(key.Thumbprint(), known)) : await SayAsync(Refused, "Not registered: the key is another organisation's.");
        return await Ledger.AddKeyAsync(organisation.Account, organisation.Profile.Id(), key.Thumbprint(), clock.GetUtcNow(), key.XBytes(), key.YBytes(), ct) switch
        {
            RegistryWrite.Refused refused => await RefusedAsync(refused),
            _ => await SayAsync(Done, $"Registered: {key.ThumbprintText()}"),
        };
    }

    // The monitor calls a key that nobody here knows of a finding. Remembered before the ledger hears of it.
    private async Task RememberAsync(Organisation organisation, Jwk key, CancellationToken ct)
    {
        if (await db.KeyRegistrations.AnyAsync(k => k.Organisation == organisation.Slug && k.Thumbprint == key.ThumbprintText(), ct)) return;
        db.KeyRegistrations.Add(new KeyRegistration { Organisation = organisation.Slug, Thumbprint = key.ThumbprintText(), WantedAt = clock.GetUtcNow() });
        await db.SaveChangesAsync(ct);
    }

    private async Task<int> EndAsync(Organisation organisation, byte[] thumbprint, DateTimeOffset at, KeyEnding reason, CancellationToken ct)
    {
        var text = Base64Url.Encode(thumbprint);
        if (await Ledger.FindKeyAsync(thumbprint, ct) is not { } known || !Same(known.Organisation, organisation.Profile.Id())) return await SayAsync(Refused, $"This organisation has no key {text}.");
        if (await db.Set<SigningKeyRow>().AnyAsync(key => key.Organisation == organisation.Slug && key.Thumbprint == text && key.EndedAt == null, ct))
            return await SayAsync(Refused, "This service signs with that key: end it in the console, under Keys, so that another takes over first.");
        if (known.RetiredAt is not null && reason == KeyEnding.Retired || known.CompromisedAt <= at && reason == KeyEnding.Compromised) return await SayAsync(Done, Line(thumbprint, known));
        if (await Ledger.EndKeyAsync(organisation.Account, organisation.Profile.Id(), thumbprint, at, reason, ct) is RegistryWrite.Refused refused) return await RefusedAsync(refused);
        return await SayAsync(Done, Line(thumbprint, (await Ledger.FindKeyAsync(thumbprint, ct))!));
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

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
