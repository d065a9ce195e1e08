using Microsoft.AspNetCore.Identity;

namespace Identity.Audit.Data;

/// <summary>A person who works at the desk for one organisation.</summary>
public sealed class AuditUser : IdentityUser
{
    /// <summary>Slug of the only organisation this person acts for.</summary>
    public required string Organisation { get; set; }
}

/// <summary>
/// A code for one worker at one site. Holds neither the code nor who got it; the key that first used it is one that the wallet made for this code alone,
/// so it links nothing across sites.
/// </summary>
public sealed class VoucherRow
{
    /// <summary>SHA-256 of the code.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The site it is for.</summary>
    public required string Site { get; init; }

    /// <summary>Thumbprint of the key that took it; null while nobody did.</summary>
    public byte[]? Key { get; set; }

    /// <summary>Which stages were recorded, one bit each.</summary>
    public int Stages { get; set; }

    /// <summary>How many versions were recorded.</summary>
    public int Records { get; set; }

    /// <summary>Two uses at once: one wins.</summary>
    public int Version { get; set; }
}

/// <summary>A recorded version: what it is about stays on the phone. No time (the anchor has one) and no voucher: versions of one worker are not linked here.</summary>
public sealed class ContractRow
{
    /// <summary>32 bytes, the entry in the log.</summary>
    public required byte[] Commitment { get; init; }

    /// <summary>The voucher's site.</summary>
    public required string Site { get; init; }

    /// <summary>The stage that the wallet named.</summary>
    public required string Stage { get; init; }
}

/// <summary>A count as published: workers, never records, rounded down, and only from the floor up.</summary>
public sealed class CountRow
{
    /// <summary>The site.</summary>
    public required string Site { get; init; }

    /// <summary>The stage, or empty for all.</summary>
    public required string Stage { get; init; }

    /// <summary>0 below the floor.</summary>
    public required int Workers { get; set; }

    /// <summary>When.</summary>
    public required DateTimeOffset PublishedAt { get; set; }
}

/// <summary>What a worker shows to an engagement, encrypted to its key.</summary>
public sealed class BundleRow
{
    /// <summary>Random, made by the wallet, part of the consent.</summary>
    public required string Id { get; init; }

    /// <summary>Slug of the engagement.</summary>
    public required string Engagement { get; init; }

    /// <summary>The JWE; null once it was withdrawn or its time was over.</summary>
    public string? Jwe { get; set; }

    /// <summary>SHA-256 of the token with which the worker takes it back.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>When it came, to the day.</summary>
    public required DateTimeOffset ReceivedOn { get; init; }

    /// <summary>From the consent: nobody opens it afterwards.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>The worker took it back.</summary>
    public DateTimeOffset? WithdrawnAt { get; set; }

    /// <summary>Two withdrawals at once: one wins.</summary>
    public int Version { get; set; }
}

/// <summary>Somebody looked.</summary>
public sealed class ReadRow
{
    /// <summary>Number.</summary>
    public long Id { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>Who.</summary>
    public required string UserName { get; init; }

    /// <summary><c>counts</c>, <c>bundle</c>, <c>finding</c>.</summary>
    public required string What { get; init; }

    /// <summary>Slug of the engagement.</summary>
    public required string Engagement { get; init; }

    /// <summary>The bundle, where one was opened.</summary>
    public string? Bundle { get; init; }
}
