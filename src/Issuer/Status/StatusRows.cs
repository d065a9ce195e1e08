namespace Identity.Issuer.Status;

/// <summary>A status list of an organisation and the token last published for it.</summary>
public sealed class StatusListRow
{
    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>Number in the list's address, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>How many entries the list has, used or not.</summary>
    public required int Size { get; init; }

    /// <summary>How many entries are taken.</summary>
    public int Taken { get; set; }

    /// <summary>Rises with each change of a status in the list.</summary>
    public int Revision { get; set; }

    /// <summary>The newest signed token, or null before the first publication.</summary>
    public string? Token { get; set; }

    /// <summary>The revision that <see cref="Token"/> shows.</summary>
    public int TokenRevision { get; set; }

    /// <summary>When <see cref="Token"/> was signed.</summary>
    public DateTimeOffset? TokenIssuedAt { get; set; }
}

/// <summary>A status index that was given out. Rows are never deleted, so no index is ever used again.</summary>
public sealed class StatusEntry
{
    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>Number of the list.</summary>
    public required int List { get; init; }

    /// <summary>Index in the list, chosen at random.</summary>
    public required int Index { get; init; }

    /// <summary>The credential whose copy has it.</summary>
    public required string CredentialId { get; init; }

    /// <summary>0 valid, 1 invalid, 2 suspended (Token Status List, 7.1).</summary>
    public int Value { get; set; }
}
