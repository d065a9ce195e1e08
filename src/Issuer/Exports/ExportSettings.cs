using Identity.Hosting;
using Identity.Ledger.Exit;
using Identity.Ledger.Proofs;

namespace Identity.Issuer.Exports;

/// <summary>Where exports lie, and against whom they are checked.</summary>
public sealed class ExportSettings
{
    private readonly string _folder;

    private ExportSettings(string folder, ValidatorFile? validators) => (_folder, Validators) = (folder, validators);

    /// <summary>The validators that a bundle is checked against (<c>Exit:Validators</c>); null to check all but their seals.</summary>
    public ValidatorFile? Validators { get; }

    /// <summary>The copy of the ledger that is kept between two exports.</summary>
    public string Mirror => Path.Combine(_folder, "mirror.db");

    /// <summary>Reads the settings.</summary>
    /// <exception cref="SettingMissingException">The file of validators is none, or of another network.</exception>
    public static ExportSettings Read(IConfiguration configuration)
    {
        return new ExportSettings(Path.Combine(configuration.Required("Data:Folder", "the folder for the database, keys and what else this service keeps"), "exports"), ExitValidators.Read(configuration));
    }

    /// <summary>Makes the folder, for the owner of the process only.</summary>
    public void CreateFolder() => PrivateFiles.CreateFolder(_folder);

    /// <summary>The file of an export.</summary>
    public string FileOf(OrganisationExport export) => Path.Combine(_folder, FormattableString.Invariant($"{export.Id}.idexit"));

    /// <summary>Files that lie here, with the number of their export; null for what a crash left half written.</summary>
    public IEnumerable<(string Path, long? Export)> Files() => !Directory.Exists(_folder) ? [] : Directory.EnumerateFiles(_folder)
        .Where(file => file.EndsWith(".idexit", StringComparison.Ordinal) || file.EndsWith(".part", StringComparison.Ordinal))
        .Select(file => (file, long.TryParse(Path.GetFileNameWithoutExtension(file), System.Globalization.CultureInfo.InvariantCulture, out var id) && file.EndsWith(".idexit", StringComparison.Ordinal) ? id : (long?)null));
}
