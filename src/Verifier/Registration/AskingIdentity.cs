using Identity.Hosting;
using Identity.Verifier.Keys;

namespace Identity.Verifier.Registration;

/// <summary>One of the identities under which this service asks: the public page, or the desk of a registered verifier.</summary>
/// <param name="Name">Its own statement of its name, at most 80 characters; wallets show the registered one where there is one.</param>
/// <param name="Keys">What it signs with. A registration names these keys.</param>
public sealed record AskingIdentity(string Name, VerifierKeys Keys)
{
    /// <summary>Thumbprint of the key of requests; together with that of challenges, what an authority registers.</summary>
    public string RequestKey => Keys.Request.PublicKey.ThumbprintText();

    /// <summary>Thumbprint of the key of challenges.</summary>
    public string ChallengeKey => Keys.Challenge.PublicKey.ThumbprintText();
}

/// <summary>The identities of this service.</summary>
public sealed class AskingIdentities : IDisposable
{
    private AskingIdentities(AskingIdentity publicPage, AskingIdentity? desk) => (PublicPage, Desk) = (publicPage, desk);

    /// <summary>Of the page that anybody may use.</summary>
    public AskingIdentity PublicPage { get; }

    /// <summary>Of the registered desk; null where there is none.</summary>
    public AskingIdentity? Desk { get; }

    /// <summary>Loads the keys: those of the public page as ever, those of the desk from <c>Keys:Desk:…</c> or, in Development, made below the data folder.</summary>
    /// <exception cref="SettingMissingException">A key is missing or unusable.</exception>
    public static AskingIdentities Load(IConfiguration configuration, VerifierSettings settings, bool development, DateTimeOffset now)
    {
        var page = new AskingIdentity(settings.Name, VerifierKeys.Load(configuration, settings, development, now));
        var desk = settings.DeskName is { } name ? new AskingIdentity(name, VerifierKeys.Load(configuration, settings, development, now, "Desk")) : null;
        return new AskingIdentities(page, desk);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        PublicPage.Keys.Dispose();
        Desk?.Keys.Dispose();
    }
}
