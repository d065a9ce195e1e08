namespace Identity.Credentials.Accreditation;

/// <summary>What an accreditation lets its holder do within its scope.</summary>
[Flags]
public enum AccreditationRight
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Issue.</summary>
    Issue = 1,

    /// <summary>Accredit others.</summary>
    Accredit = 2,
}
