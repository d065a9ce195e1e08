using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Ledger.Mirror;
using Identity.Verifier.Keys;

namespace Identity.Verifier.Trust;

/// <summary>How trust packs are made. Section <c>TrustPack</c>, and the key in <c>Keys:Pack</c>.</summary>
/// <param name="Signer">Signs packs; null where this service makes none. Scanners pin its thumbprint.</param>
/// <param name="Interval">Least time between two versions: 1 to 86,400 seconds, an hour where nothing is set.</param>
/// <param name="MaxEntries">Most entries of ended keys in one pack.</param>
/// <param name="Folder">Where packs are kept.</param>
/// <param name="AlsoPinned">Thumbprint of the key that will sign next, or that signed before: scanners take packs by either while the key changes (docs/trust-pack.md). <c>TrustPack:AlsoPinned</c>.</param>
public sealed record PackOptions(Es256Key? Signer, TimeSpan Interval, int MaxEntries, string Folder, string? AlsoPinned = null)
{
    /// <summary>Thumbprints of the keys whose packs count, at most two; none where this service makes no packs.</summary>
    public IReadOnlyList<string> Pins => Signer is null ? [] : [.. new[] { Signer.PublicKey.ThumbprintText(), AlsoPinned }.OfType<string>().Distinct()];

    /// <summary>Reads the settings. In Development the key is made below the data folder; elsewhere packs are made only where one is named.</summary>
    /// <exception cref="SettingMissingException">A setting is unusable.</exception>
    public static PackOptions Read(IConfiguration configuration, string dataFolder, bool development)
    {
        var seconds = configuration.GetValue("TrustPack:Seconds", development ? 5 : 3600);
        if (seconds is < 1 or > 86_400) throw new SettingMissingException("TrustPack:Seconds", "1 to 86400");
        var entries = configuration.GetValue("TrustPack:MaxEntries", 100_000);
        if (entries is < 0 or > 400_000) throw new SettingMissingException("TrustPack:MaxEntries", "0 to 400000");
        var also = configuration["TrustPack:AlsoPinned"] is { Length: > 0 } pinned ? pinned : null;
        if (also is not null && !(also.Length == 43 && Base64Url.TryDecode(also, out _))) throw new SettingMissingException("TrustPack:AlsoPinned", "the thumbprint of a key: 43 characters of base64url");
        var file = configuration["Keys:Pack"] is { Length: > 0 } named ? named : null;
        if (file is null && development) file = Made(Path.Combine(dataFolder, "keys"));
        return new PackOptions(file is null ? null : VerifierKeys.ReadKey(file, "Keys:Pack"), TimeSpan.FromSeconds(seconds), entries, Path.Combine(dataFolder, "trust"), also);
    }

    /// <summary>The key of a Development service, made where it is missing.</summary>
    private static string Made(string folder)
    {
        PrivateFiles.CreateFolder(folder);
        var file = Path.Combine(folder, "pack.pem");
        if (File.Exists(file)) return file;
        using var key = Es256Key.Create();
        PrivateFiles.Write(file, key.Raw.ExportPkcs8PrivateKeyPem());
        return file;
    }
}

/// <summary>Where the ledger's half of a pack comes from: the mirror. Null while there is nothing that could be signed.</summary>
public sealed record PackSource(Func<int, PackedRegister?> Read)
{
    /// <summary>The mirror's.</summary>
    public static PackSource Of(LedgerMirror mirror) => new(mirror.Packed);
}
