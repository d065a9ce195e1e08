using Identity.Ledger.Evm;

namespace Identity.Host.Embedded;

/// <summary>The accounts of the demonstration's authorities on the local chain, made at first run and kept below the data folder.</summary>
internal sealed class LedgerAccounts : IDisposable
{
    private LedgerAccounts(EvmAccount governor, EvmAccount accreditor) => (Governor, Accreditor) = (governor, accreditor);

    /// <summary>Deploys the registry and registers organisations and logs.</summary>
    public EvmAccount Governor { get; }

    /// <summary>Talmara Ministry of Education: entitles issuers.</summary>
    public EvmAccount Accreditor { get; }

    public static LedgerAccounts LoadOrCreate(string folder)
    {
        Directory.CreateDirectory(folder);
        return new LedgerAccounts(Load(Path.Combine(folder, "governor.pem")), Load(Path.Combine(folder, "accreditor.pem")));
    }

    public void Dispose()
    {
        Governor.Dispose();
        Accreditor.Dispose();
    }

    private static EvmAccount Load(string file) => File.Exists(file) ? EvmAccount.LoadFile(file) : EvmAccount.CreateFile(file);
}
