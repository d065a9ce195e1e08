namespace Identity.Issuer.Management;

/// <summary>A key of the management API as stored.</summary>
public sealed class ApiKey
{
    /// <summary>SHA-256 of the key.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Slug of the only organisation it acts for.</summary>
    public required string Organisation { get; init; }

    /// <summary>The number by which the records know it, unique within the organisation and never given again.</summary>
    public int Number { get; init; }

    /// <summary>What it may do.</summary>
    public Data.StaffRoles Roles { get; init; }

    /// <summary>What it is for.</summary>
    public required string Label { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was withdrawn, if it was.</summary>
    public DateTimeOffset? WithdrawnAt { get; set; }
}
