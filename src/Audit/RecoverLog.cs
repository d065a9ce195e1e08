using Identity.Audit.Data;
using Identity.Ledger.Log;

namespace Identity.Audit;

/// <summary><c>log-recover --from ADDRESS</c>: after the database was put back from a backup; see <see cref="RecoverLogVerb"/>.</summary>
internal static class RecoverLog
{
    public static Task<int> RunAsync(string address, TextWriter output, Func<Func<IServiceProvider, Task>, Task> withServices) => RecoverLogVerb.RunAsync<AuditDb>(
        address, output, withServices, PrepareDatabase.CheckAsync, (_, _) => Task.CompletedTask,
        [
            "- contracts recorded then: their proofs on the workers' phones hold, but the counts of their sites are too low until the workers record again",
            "- codes handed out then open nothing: make new ones; codes used then can be used again",
            "- what workers shared with an engagement then: they share it again; what they took back then is HERE AGAIN: open nothing before they were asked to take it back once more",
            "- findings stay good with whoever has them; who looked at what in those hours is not known",
        ]);
}
