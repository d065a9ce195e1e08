using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Issuer.Organisations;

/// <summary>What somebody types to act on the ledger with an organisation's account: the frame of such commands, and their exit codes.</summary>
/// <param name="word">The command's name, for advice.</param>
/// <param name="registry">The ledger.</param>
/// <param name="output">Where it tells what it did.</param>
internal abstract class AccountCommands(string word, RegistryAccess registry, TextWriter output)
{
    /// <summary>Exit codes: it is on the ledger; it was refused; the ledger could not be reached; wrong call.</summary>
    public const int Done = 0, Refused = 1, Unreachable = 2, Usage = 3;

    protected RegistryClient Ledger => registry.Client;

    /// <summary>Does what the words after the organisation say.</summary>
    public async Task<int> RunAsync(Organisation organisation, string[] words, CancellationToken ct)
    {
        try
        {
            if (!await Ledger.IsDeployedAsync(ct)) return await SayAsync(Unreachable, "The registry contract is not on the ledger.");
            if (await Ledger.FindOrganisationAsync(organisation.Profile.Id(), ct) is null)
                return await SayAsync(Refused, $"The ledger has no organisation of exactly these words: {organisation.Profile.Canonical()}");
            return await DoAsync(organisation, words, ct);
        }
        catch (Exception fault) when (fault is EvmException or HttpRequestException or TimeoutException)
        {
            return await SayAsync(Unreachable, $"The ledger cannot be reached, or was busy: {fault.Message} Look with “{word} {organisation.Slug}”, then call again.");
        }
    }

    protected abstract Task<int> DoAsync(Organisation organisation, string[] words, CancellationToken ct);

    protected Task TellAsync(string line) => output.WriteLineAsync(line);

    protected async Task<int> SayAsync(int code, string text)
    {
        await output.WriteLineAsync(text);
        return code;
    }

    protected Task<int> RefusedAsync(RegistryWrite.Refused refused) => SayAsync(Refused, $"The ledger refuses it: {refused.Reason} ({refused.Error}).");

    protected static bool Same(byte[] left, byte[] right) => left.AsSpan().SequenceEqual(right);
}
