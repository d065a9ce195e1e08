using Identity.Hosting;

namespace Identity.Wallet.Recovery;

/// <summary>What the recovery service needs to know.</summary>
/// <param name="PublicUrl">Its address, the <c>iss</c> of its attestations.</param>
/// <param name="Interval">Time between two looks at what is due. Setting <c>Recovery:Interval</c>.</param>
internal sealed record RecoverySettings(string PublicUrl, TimeSpan Interval)
{
    /// <summary>A contact counts as a proof so long after it was confirmed.</summary>
    public static readonly TimeSpan ContactAge = TimeSpan.FromDays(7);

    /// <summary>A contact that was taken away is told so long.</summary>
    public static readonly TimeSpan ToldAfterRemoval = TimeSpan.FromDays(30);

    /// <summary>Attestations can be had so long after a recovery is ready.</summary>
    public static readonly TimeSpan Usable = TimeSpan.FromDays(30);

    /// <summary>A sheet works so long after a newer one took its place, as issuers keep what it proves.</summary>
    public static readonly TimeSpan OldSheet = TimeSpan.FromDays(30);

    /// <summary>Codes that a desk has sent for one recovery.</summary>
    public const int CodesAtDesk = 3;

    /// <summary>A second proof must be given so soon after the first.</summary>
    public static readonly TimeSpan ProvingTime = TimeSpan.FromDays(1);

    /// <summary>Recoveries that one list, or one address, begins in a day.</summary>
    public const int PerDay = 5;

    /// <summary>Contacts of one list.</summary>
    public const int MaxContacts = 3;

    /// <summary>Wrong codes that end a contact or a recovery.</summary>
    public const int MaxTries = 5;

    /// <summary>Reads them.</summary>
    /// <exception cref="SettingMissingException">A setting is missing or unusable.</exception>
    public static RecoverySettings Read(IConfiguration configuration)
    {
        var interval = configuration.GetValue("Recovery:Interval", TimeSpan.FromSeconds(5));
        if (interval < TimeSpan.FromMilliseconds(50) || interval > TimeSpan.FromHours(1)) throw new SettingMissingException("Recovery:Interval", "50 milliseconds to one hour");
        return new RecoverySettings(configuration.PublicUrl().OriginalString, interval);
    }
}
