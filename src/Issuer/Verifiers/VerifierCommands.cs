using System.Globalization;
using Identity.Credentials.Jose;
using Identity.Credentials.Verifiers;
using Identity.Issuer.Organisations;
using Identity.Ledger.Registry;

namespace Identity.Issuer.Verifiers;

/// <summary>
/// What a verifier authority does on the ledger, with its own account (docs/operations/verifiers.md): <c>verifiers ORGANISATION</c> lists, <c>… register FILE UNTIL</c>,
/// <c>… renew NUMBER UNTIL</c>, <c>… end NUMBER</c>. FILE is the profile as JSON; UNTIL the last day, <c>yyyy-MM-dd</c>, UTC. Killed at any line, the same call again does what is left.
/// </summary>
internal sealed class VerifierCommands(RegistryAccess registry, TimeProvider clock, TextWriter output) : AccountCommands("verifiers", registry, output)
{
    private const int MaxFile = 64 * 1024;

    protected override async Task<int> DoAsync(Organisation authority, string[] words, CancellationToken ct)
    {
        var facts = new VerifierFacts();
        await facts.ReadAsync(Ledger, 0, (await Ledger.Evm.HeadAsync(ct)).Number, ct);
        return words switch
        {
            [] => await ListAsync(authority, facts),
            ["register", var file, var day] when Until(day) is { } until => await RegisterAsync(authority, facts, file, until, ct),
            ["renew", var text, var day] when Number(text) is { } number && Until(day) is { } until => await RenewAsync(authority, facts, number, until, ct),
            ["end", var text] when Number(text) is { } number => await EndAsync(authority, facts, number, ct),
            _ => await SayAsync(Usage, "Call: verifiers ORGANISATION [register FILE UNTIL | renew NUMBER UNTIL | end NUMBER]. UNTIL is the last day, as 2027-12-31."),
        };
    }

    private async Task<int> ListAsync(Organisation authority, VerifierFacts facts)
    {
        var ours = Of(authority, facts).ToList();
        foreach (var one in ours) await TellAsync(Line(one));
        return ours.Count > 0 ? Done : await SayAsync(Done, "This organisation has registered no verifier.");
    }

    private async Task<int> RegisterAsync(Organisation authority, VerifierFacts facts, string file, DateTimeOffset until, CancellationToken ct)
    {
        if (!File.Exists(file)) return await SayAsync(Usage, $"There is no file {file}.");
        if (!TryRead(file, out var profile, out var reason)) return await SayAsync(Refused, $"Not registered: {reason}.");
        if (profile!.Demonstration != authority.Profile.Demonstration) return await SayAsync(Refused, "Not registered: an authority of a demonstration vouches for demonstrations alone, and a real one for none.");
        if (until <= clock.GetUtcNow()) return await SayAsync(Refused, "Not registered: the last day is over.");
        var inForce = Of(authority, facts).Where(InForce).ToList();
        if (inForce.Find(one => Same(one.Id, profile.Id())) is { } same)
            return same.Until == until ? await SayAsync(Done, Line(same)) : await SayAsync(Refused, $"Number {same.Number} says the same and is in force {Through(same.Until)}. Renew that one.");
        if (await WriteAsync(authority, profile, until, ct) is var code and not Done) return code;
        foreach (var one in inForce.Where(one => one.Profile.Keys.Intersect(profile.Keys).Any()))
            await TellAsync($"Number {one.Number} names a key of it, too: of the two the older counts until it is ended: verifiers {authority.Slug} end {one.Number}");
        if (profile.Url is null) await TellAsync("It names no url: phones cannot fetch the receipts of codes that it reads.");
        return Done;
    }

    /// <summary>The contract takes the same words again only when the old registration is over, so that one is ended first: for those seconds nobody vouches.</summary>
    private async Task<int> RenewAsync(Organisation authority, VerifierFacts facts, ulong number, DateTimeOffset until, CancellationToken ct)
    {
        if (Of(authority, facts).FirstOrDefault(one => one.Number == number) is not { } old) return await UnknownAsync(number);
        if (until <= clock.GetUtcNow()) return await SayAsync(Refused, "Not renewed: the last day is over.");
        var current = Of(authority, facts).FirstOrDefault(one => InForce(one) && Same(one.Id, old.Id));
        if (current?.Until == until) return await SayAsync(Done, Line(current));
        if (current is not null && current.Number != number) return await SayAsync(Refused, $"Number {current.Number} says the same and is in force {Through(current.Until)}. Renew that one.");
        if (current is not null && await Ledger.WithdrawVerifierAsync(authority.Account, number, ct) is RegistryWrite.Refused refused) return await RefusedAsync(refused);
        return await WriteAsync(authority, old.Profile, until, ct);
    }

    private async Task<int> EndAsync(Organisation authority, VerifierFacts facts, ulong number, CancellationToken ct)
    {
        if (Of(authority, facts).FirstOrDefault(one => one.Number == number) is not { } old) return await UnknownAsync(number);
        if (!InForce(old)) return await SayAsync(Done, Line(old));
        return await Ledger.WithdrawVerifierAsync(authority.Account, number, ct) switch
        {
            RegistryWrite.Refused refused => await RefusedAsync(refused),
            _ => await SayAsync(Done, $"Number {number} is ended. Phones learn it with their next list, within 72 hours at most."),
        };
    }

    private async Task<int> WriteAsync(Organisation authority, VerifierProfile profile, DateTimeOffset until, CancellationToken ct) =>
        await Ledger.RegisterVerifierAsync(authority.Account, authority.Profile.Id(), profile, until, ct) switch
        {
            RegistryWrite.Done { Event: RegistryEvent.VerifierRegistered done } => await SayAsync(Done, $"Registered as number {done.Number}, in force {Through(until)}: {Words(profile)}"),
            RegistryWrite.Refused refused => await RefusedAsync(refused),
            var other => throw new InvalidOperationException($"{other}"),
        };

    private Task<int> UnknownAsync(ulong number) => SayAsync(Refused, $"This organisation has no registration of number {number}.");

    /// <summary>Of a file nothing is passed over: a member with a slip in its name would be left out for years.</summary>
    private static bool TryRead(string file, out VerifierProfile? profile, out string reason)
    {
        (profile, reason) = (null, "the file is longer than any profile");
        if (new FileInfo(file).Length > MaxFile) return false;
        if (!StrictJson.TryParseObject(File.ReadAllBytes(file), out var json, out reason, maxDepth: 8) || !VerifierProfile.TryRead(json, out profile, out reason)) return false;
        reason = "the file has members that no profile has, or of another kind";
        try
        {
            return CanonicalJson.Write(json) == profile.Canonical();
        }
        catch (ArgumentException)
        {
            return false; // null, or a fraction
        }
    }

    private static IEnumerable<VerifierRegistration> Of(Organisation authority, VerifierFacts facts) => facts.Register.All.Where(one => Same(one.Authority, authority.Profile.Id()));

    private bool InForce(VerifierRegistration one) => one.WithdrawnAt is null && clock.GetUtcNow() < one.Until;

    private string Line(VerifierRegistration one) => $"{one.Number} {(InForce(one) ? $"in force {Through(one.Until)}" : $"ended {one.WithdrawnAt ?? one.Until:u}")}: {Words(one.Profile)}";

    private static string Words(VerifierProfile profile) =>
        $"{profile.Name} ({profile.Country}){(profile.Demonstration ? " DEMONSTRATION" : "")}{(profile.PublicPage ? ", a page that anybody may use" : "")}; contact {profile.Contact}; receipts {profile.Url ?? "–"}; purposes {string.Join(", ", profile.Purposes.Select(purpose => purpose.Id))}; keys {string.Join(", ", profile.Keys)}";

    private static DateTimeOffset? Until(string day) => DateTime.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date < DateTime.MaxValue.Date ? new DateTimeOffset(date.AddDays(1), TimeSpan.Zero) : null;

    /// <summary>As it was typed: the last day, where the time is the end of one.</summary>
    private static string Through(DateTimeOffset until) => until.UtcDateTime.TimeOfDay == TimeSpan.Zero ? $"to the end of {until.UtcDateTime.AddDays(-1):yyyy-MM-dd} UTC" : $"until {until:u}";

    private static ulong? Number(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
