using Identity.Credentials.Transparency;
using Identity.Ledger.Proofs;

namespace Identity.Ledger.Mirror;

/// <summary>Settings of the section <c>Mirror</c>; the chain itself is named in <c>Ledger</c>.</summary>
public sealed class MirrorOptions
{
    /// <summary>SQLite file that makes a restart fast and remembers alarms. Left out, it is <c>mirror.db</c> in <c>Data:Folder</c>.</summary>
    public string File { get; set; } = "";

    /// <summary>Time between two looks at the chain and the logs.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A head older than this makes the mirror not ready; zero where blocks come only with transactions (a local node).</summary>
    public TimeSpan HeadAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Other mirrors, from which a log is read while its own address does not answer; they are checked as the log itself is.</summary>
    public IReadOnlyList<Uri> Sources { get; set; } = [];

    /// <summary>Other mirrors, whose checkpoints are compared with what the log shows here.</summary>
    public IReadOnlyList<Uri> Peers { get; set; } = [];

    /// <summary>Whose cosignatures a checkpoint needs before what it holds counts as anchored: <c>Mirror:Witnesses:{Required,Keys:n}</c>.</summary>
    internal WitnessPolicy Witnesses { get; set; } = WitnessPolicy.None;

    /// <summary>How many words of the ledger's state one exit bundle proves; a reader takes no more.</summary>
    internal int MostWords { get; set; } = SealedState.MostSlots;

    /// <summary>The chain may be wiped and begun anew (a local node): the mirror forgets it and starts over. Never on a real network.</summary>
    public bool Development { get; set; }
}
