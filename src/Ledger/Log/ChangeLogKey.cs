using System.Data.Common;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Ledger.Log;

/// <summary>
/// <c>change-log-key</c>: gives the log another key, on the chain and in the file of <c>Log:SigningKeyFile</c>, while the service is stopped. The new key lies in <c>FILE.next</c> until the chain has it; the old one is kept
/// as <c>FILE.before</c>. Killed at any line, the same call does what is left; once nothing is left it changes nothing, until something was signed with the new key.
/// </summary>
public static class ChangeLogKey
{
    private const int Done = 0, Refused = 1, Unreachable = 2;

    /// <summary>Changes it with the operator's account; with <paramref name="prepare"/> only makes the new key and says what governance has to propose, for where that account is not to be trusted either.</summary>
    /// <param name="services">Those of the service, which is not started.</param>
    /// <param name="db">The database of the log.</param>
    /// <param name="prepare">See above.</param>
    /// <param name="output">What was done.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>0 done, 1 refused, 2 the chain cannot be reached.</returns>
    public static async Task<int> RunAsync(IServiceProvider services, DbContext db, bool prepare, TextWriter output, CancellationToken ct)
    {
        var log = LogOptions.Read(services.GetRequiredService<IConfiguration>());
        var clock = services.GetRequiredService<TimeProvider>();
        var lease = new LogLease(log.Origin, Guid.NewGuid().ToString("N"), log.Lease, clock);
        // Whoever runs has the key in memory, and would sign on with it.
        if (!prepare && !await lease.TakeAsync(db, ct))
        {
            await output.WriteLineAsync($"{Running(log)} Nothing was changed.");
            return Refused;
        }
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var renewing = prepare ? Task.CompletedTask : RenewAsync(services, db.GetType(), lease, log.Lease / 3, clock, ended.Token);
        try
        {
            return await ChangeAsync(services, db, log, lease, prepare, output, ct);
        }
        finally
        {
            await ended.CancelAsync();
            await renewing;
            await lease.ReleaseAsync(db, CancellationToken.None);
        }
    }

    // The chain may take longer than the lease lasts. In a context of its own: the other one is at work.
    private static async Task RenewAsync(IServiceProvider services, Type context, LogLease lease, TimeSpan every, TimeProvider clock, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(every, clock);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(ct);
                await using var scope = services.CreateAsyncScope();
                await lease.TakeAsync((DbContext)scope.ServiceProvider.GetRequiredService(context), ct);
            }
            catch (Exception fault) when (fault is OperationCanceledException or DbException)
            {
                // At its end; or the database was busy: the next time, and before the files are exchanged, it is asked again.
            }
        }
    }

    private static async Task<int> ChangeAsync(IServiceProvider services, DbContext db, LogOptions log, LogLease lease, bool prepare, TextWriter output, CancellationToken ct)
    {
        var (origin, file, chain) = (log.Origin, log.SigningKeyFile, ChainSettings.Read(services.GetRequiredService<IConfiguration>()));
        var (next, before, id) = (file + ".next", file + ".before", RegistryClient.LogId(origin));
        var registry = ChainSettings.Open(chain, services.GetRequiredService<ChainHttp>().Client, services.GetRequiredService<TimeProvider>());
        using var account = AccountSource.Open(chain.Account.Length > 0 ? chain.Account : "file:" + chain.OperatorKeyFile);
        try
        {
            if (await registry.FindLogAsync(id, ct) is not { } registered) return await SayAsync(Refused, $"The log {origin} is not on the ledger.");
            if (!File.Exists(next))
            {
                using var present = LogKeyFile.Load(file);
                if (Same(registered.Ed25519Key, present) && await IsUnusedAsync(db, origin, present, File.Exists(before), ct)) return await SayAsync(Done, $"Done before: {Has(present)} Nothing was changed, since nothing was signed with it yet.");
                LogKeyFile.Create(next).Dispose();
            }
            using var key = LogKeyFile.Load(next);
            if (!Same(registered.Ed25519Key, key))
            {
                if (prepare) return await SayAsync(Done, $"change-log {origin} {account.Address} {Convert.ToHexStringLower(key.PublicBytes)}");
                if (registered.Operator != account.Address) return await SayAsync(Refused, $"The operator of {origin} is {registered.Operator}, not our account {account.Address}: have governance change it (--prepare).");
                // Crash after this: the chain has the key and the file has not. The same call finds it there.
                if (await registry.ChangeLogAsync(account, id, account.Address, key.PublicBytes, ct) is RegistryWrite.Refused refused) return await SayAsync(Refused, $"The ledger refuses it: {refused.Reason} ({refused.Error}).");
            }
            // Also where governance changed the chain while the service ran, or the service took the lease meanwhile.
            if (!await lease.TakeAsync(db, ct)) return await SayAsync(Refused, $"{Running(log)} The chain has the new key, and {file} still the old one.");
            if (File.Exists(before)) File.Delete(before);
            using (var old = LogKeyFile.Load(file)) LogKeyFile.Write(before, old);
            File.Move(next, file, overwrite: true);
            return await SayAsync(Done, Has(key));
        }
        catch (Exception fault) when (fault is EvmException or HttpRequestException or TimeoutException)
        {
            return await SayAsync(Unreachable, $"The ledger cannot be reached, or was busy: {fault.Message} Call again.");
        }

        string Has(Ed25519Key key) => $"The log {origin} has the key {Convert.ToHexStringLower(key.PublicBytes)}, {key.PublicKey.ThumbprintText()}. Start the service; give its witnesses the new verifier key (docs/operations/witness.md).";

        async Task<int> SayAsync(int code, string text)
        {
            await output.WriteLineAsync(text);
            return code;
        }
    }

    private static string Running(LogOptions log) => $"The service is running, or was killed less than {log.Lease.TotalSeconds:0} seconds ago: stop it, or call again then.";

    // The key came by a change, and the newest checkpoint is still of the one before.
    private static async Task<bool> IsUnusedAsync(DbContext db, string origin, Ed25519Key key, bool hasFormer, CancellationToken ct) =>
        await db.Set<CheckpointRow>().AsNoTracking().OrderByDescending(c => c.Size).FirstOrDefaultAsync(ct) is not { } newest ? hasFormer
            : !(Checkpoint.TryParse(newest.Note, out var checkpoint, out _) && checkpoint!.Verify(origin, key.PublicBytes));

    private static bool Same(byte[] registered, Ed25519Key key) => registered.AsSpan().SequenceEqual(key.PublicBytes);
}
