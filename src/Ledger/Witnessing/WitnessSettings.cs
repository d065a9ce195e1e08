using System.Globalization;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Microsoft.Extensions.Configuration;

namespace Identity.Ledger.Witnessing;

/// <summary>A witness that the log's operator asks for cosignatures: its key, and the address that <c>add-checkpoint</c> is added to.</summary>
internal sealed record WitnessPeer(VKey Key, Uri Address);

/// <summary>The operator's settings: whom to ask, and whom to compare oneself with after a start.</summary>
/// <param name="Witnesses"><c>Log:Witnesses:n:{Key,Url}</c>.</param>
/// <param name="Required"><c>Log:Witnesses:Required</c>: how many cosignatures a checkpoint waits for before it is served; 0 for none. It waits <see cref="Patience"/> at most.</param>
/// <param name="Mirrors"><c>Log:Mirrors:n</c>: addresses under which somebody else keeps the log's <c>checkpoint</c> and <c>tile/…</c>.</param>
internal sealed record WitnessSettings(IReadOnlyList<WitnessPeer> Witnesses, int Required, IReadOnlyList<Uri> Mirrors)
{
    /// <summary>How long a checkpoint waits for its cosignatures.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static WitnessSettings None { get; } = new([], 0, []);

    /// <exception cref="SettingMissingException">A setting cannot be used; the message names it.</exception>
    public static WitnessSettings Read(IConfiguration configuration)
    {
        var witnesses = new List<WitnessPeer>();
        foreach (var one in configuration.GetSection("Log:Witnesses").GetChildren().Where(c => c.Key.All(char.IsAsciiDigit)))
        {
            if (!VKey.TryParse(one["Key"], out var key) || key.Type != NoteKeyType.CosignatureV1) throw new SettingMissingException($"{one.Path}:Key", "the verifier key that the witness prints: name+keyid+base64");
            witnesses.Add(new WitnessPeer(key, Address($"{one.Path}:Url", one["Url"], "the witness's address")));
        }
        if (!WitnessPolicy.TryRead(0, [.. witnesses.Select(w => w.Key.ToString())], out _, out var reason)) throw new SettingMissingException("Log:Witnesses", reason);
        var text = configuration["Log:Witnesses:Required"] ?? "0";
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var required) || required > witnesses.Count) throw new SettingMissingException("Log:Witnesses:Required", "a number from 0 to that of the witnesses");
        return new WitnessSettings(witnesses, required, [.. configuration.GetSection("Log:Mirrors").GetChildren().Select(m => Address(m.Path, m.Value, "the address under which somebody keeps the log's checkpoint"))]);
    }

    /// <summary>An address to which a path can be added.</summary>
    private static Uri Address(string setting, string? text, string meaning) =>
        Uri.TryCreate(text?.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
            ? uri
            : throw new SettingMissingException(setting, $"{meaning}: https, or http on loopback");
}
