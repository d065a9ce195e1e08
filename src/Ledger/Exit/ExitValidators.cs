using System.Globalization;
using Identity.Hosting;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
using Microsoft.Extensions.Configuration;

namespace Identity.Ledger.Exit;

/// <summary>Against whose seals a service checks the exit bundles that it makes.</summary>
public static class ExitValidators
{
    private const string Key = "Exit:Validators", Meaning = "a file of validators, as “ledger pin” of the host writes it";

    /// <summary>Reads the file that <c>Exit:Validators</c> names; null where the service knows nobody's validators.</summary>
    /// <exception cref="SettingMissingException">There is no such file, or it is of another network.</exception>
    public static ValidatorFile? Read(IConfiguration configuration)
    {
        if (configuration["Exit:Validators"] is not { Length: > 0 } path) return null;
        string text;
        try
        {
            if (new FileInfo(path).Length > ValidatorFile.MaxBytes) throw new SettingMissingException(Key, $"{Meaning}; {path} is too long to be one");
            text = File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SettingMissingException(Key, $"{Meaning}; {fault.Message}");
        }
        if (!ValidatorFile.TryParse(text, out var file, out var reason)) throw new SettingMissingException(Key, $"{Meaning}; {path}: {reason}");
        // An archive follows no ledger, and makes no bundles.
        if ((configuration["Ledger:ChainId"] is { Length: > 0 } chain && chain != file.ChainId.ToString(CultureInfo.InvariantCulture)) || (Address.TryParse(configuration["Ledger:Contract"], out var contract) && contract != file.Contract))
            throw new SettingMissingException(Key, $"{Meaning}; {path} is of another network than Ledger:ChainId and Ledger:Contract");
        return file;
    }
}
