using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Identity.Issuer.AccessLog;

/// <summary>
/// One line of the access log: an act of staff, a program or a wallet, or the reading of a person's record. Rows are only ever added; a
/// moment later each is sealed, which gives it a place in its organisation's chain, and it does not change after that.
/// Holds nothing about the person but the random id of the record, file or case.
/// </summary>
public sealed class AccessEntry
{
    /// <summary>Row number.</summary>
    public long Id { get; init; }

    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who, as <see cref="Issuance.Actor"/> writes it.</summary>
    public required string Actor { get; init; }

    /// <summary>In which role.</summary>
    public required string Role { get; init; }

    /// <summary>What: <c>read</c>, <c>listed</c>, or one of the acts of <see cref="Issuance.CredentialEvent.Act"/> and of staff management.</summary>
    public required string Act { get; init; }

    /// <summary>The record concerned, or the file of many or the case for acts on one of those; null for acts on staff, keys and settings.</summary>
    public string? CredentialId { get; init; }

    /// <summary>For which work a record was read: look_up, hand_over, approval, change_status, correction, search, list, program.</summary>
    public string? Why { get; init; }

    /// <summary>The place in the organisation's chain, from 1; null until the row is sealed.</summary>
    public long? Sequence { get; set; }

    /// <summary>SHA-256 of the entry before (32 zero bytes before the first) and of <see cref="Canonical"/>; null until sealed.</summary>
    public byte[]? Hash { get; set; }

    /// <summary>
    /// What the hash covers, UTF-8, one field a line: organisation, sequence, time in microseconds since 1970 (UTC), actor, role, act,
    /// record id or <c>-</c>, why or <c>-</c>. None of the fields can hold a line break.
    /// </summary>
    public byte[] Canonical(long sequence) => Encoding.UTF8.GetBytes(string.Join('\n',
        Organisation, sequence.ToString(CultureInfo.InvariantCulture), ((At.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10).ToString(CultureInfo.InvariantCulture),
        Actor, Role, Act, CredentialId ?? "-", Why ?? "-") + "\n");

    /// <summary>The hash of this entry at a place of the chain.</summary>
    public byte[] HashAfter(ReadOnlySpan<byte> previous, long sequence) => SHA256.HashData([.. previous, .. Canonical(sequence)]);
}

/// <summary>Where an organisation's chain ends. One row for each organisation; of two sealers at once one wins.</summary>
public sealed class AccessChain
{
    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>The last place given.</summary>
    public long Sequence { get; set; }

    /// <summary>The hash at that place.</summary>
    public required byte[] Hash { get; set; }
}

/// <summary>A head of a chain as it went into the public log. The 32-byte entry says nothing by itself: it is salted.</summary>
public sealed class AccessHead
{
    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>The place in the chain that it fixes.</summary>
    public required long Sequence { get; init; }

    /// <summary>The hash at that place.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>32 random bytes.</summary>
    public required byte[] Salt { get; init; }

    /// <summary>The log entry: SHA-256 of salt and hash.</summary>
    public required byte[] Entry { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The log entry for a salt and a hash.</summary>
    public static byte[] EntryOf(byte[] salt, byte[] hash) => SHA256.HashData([.. salt, .. hash]);
}
