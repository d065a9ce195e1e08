namespace Identity.Ledger.Log;

/// <summary>The steps of an <see cref="AnchorRow"/>: Intended → Final → Lost, or Intended → gone.</summary>
internal static class AnchorState
{
    /// <summary>About to be sent, or sent, or on the chain without our knowing: the chain decides.</summary>
    public const int Intended = 0;

    /// <summary>In a final block.</summary>
    public const int Final = 1;

    /// <summary>Was final on a chain that has since lost its history. Kept as a record; proves nothing any more.</summary>
    public const int Lost = 2;

    public static AnchorCoordinates Coordinates(AnchorRow row) => new(
        (ulong)row.ChainId, row.Contract, row.Size, row.Root, row.Transaction!, (ulong)row.Block!.Value, row.BlockHash!, Micros.Time(row.BlockTime!.Value));
}
