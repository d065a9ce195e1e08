using Identity.Ledger.Registry;

namespace Identity.Ledger.Mirror;

/// <summary>A key that the chain has or had for a log's checkpoints.</summary>
/// <param name="FromSize">Checkpoints of more entries than this must not be signed with the key before.</param>
/// <param name="Since">Where the chain says so.</param>
internal sealed record LogKey(byte[] Ed25519, long FromSize, EventPlace Since);
