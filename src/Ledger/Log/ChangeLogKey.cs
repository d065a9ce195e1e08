using Identity.Credentials.Jose;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Ledger.Log;

/// <summary>
/// <c>change-log-key</c>: gives the log another key, on the chain and in the file of <c>Log:SigningKeyFile</c>, while the service is stopped. The new key lies in <c>FILE.next</c> until the chain has it; the old one is kept
/// as <c>FILE.before</c>. Killed at any line, the same call does what is left.
/// </summary>
public static class ChangeLogKey
{
    private const int Done = 0, Refused = 1, Unreachable = 2;

    /// <summary>Changes it with the operator's account; with <paramref name="prepare"/> only makes the new key and says what governance has to propose, for where that account is not to be trusted either.</summary>
    /// <returns>0 done, 1 refused, 2 the chain cannot be reached.</returns>
    public static async Task<int> RunAsync(IServiceProvider services, bool prepare, TextWriter output, CancellationToken ct)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var (origin, file, chain) = (LogOptions.Read(configuration).Origin, configuration["Log:SigningKeyFile"]!, ChainSettings.Read(configuration));
        var (next, id) = (file + ".next", RegistryClient.LogId(origin));
        var registry = ChainSettings.Open(chain, services.GetRequiredService<ChainHttp>().Client, services.GetRequiredService<TimeProvider>());
        if (!File.Exists(next)) LogKeyFile.Create(next).Dispose();
        using var key = LogKeyFile.Load(next);
        using var account = AccountSource.Open(chain.Account.Length > 0 ? chain.Account : "file:" + chain.OperatorKeyFile);
        try
        {
            if (await registry.FindLogAsync(id, ct) is not { } registered) return await SayAsync(Refused, $"The log {origin} is not on the ledger.");
            if (!registered.Ed25519Key.AsSpan().SequenceEqual(key.PublicBytes))
            {
                if (prepare) return await SayAsync(Done, $"change-log {origin} {account.Address} {Convert.ToHexStringLower(key.PublicBytes)}");
                if (registered.Operator != account.Address) return await SayAsync(Refused, $"The operator of {origin} is {registered.Operator}, not our account {account.Address}: have governance change it (--prepare).");
                // Crash after this: the chain has the key and the file has not. The same call finds it there.
                if (await registry.ChangeLogAsync(account, id, account.Address, key.PublicBytes, ct) is RegistryWrite.Refused refused) return await SayAsync(Refused, $"The ledger refuses it: {refused.Reason} ({refused.Error}).");
            }
        }
        catch (Exception fault) when (fault is EvmException or HttpRequestException or TimeoutException)
        {
            return await SayAsync(Unreachable, $"The ledger cannot be reached, or was busy: {fault.Message} Call again.");
        }
        var before = file + ".before";
        if (File.Exists(before)) File.Delete(before);
        using (var old = LogKeyFile.Load(file)) LogKeyFile.Write(before, old);
        File.Move(next, file, overwrite: true);
        return await SayAsync(Done, $"The log {origin} has the key {Convert.ToHexStringLower(key.PublicBytes)}, {key.PublicKey.ThumbprintText()}. Start the service; give its witnesses the new verifier key (docs/operations/witness.md).");

        async Task<int> SayAsync(int code, string text)
        {
            await output.WriteLineAsync(text);
            return code;
        }
    }
}
