using System.Globalization;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Verifiers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Verifiers;
using Identity.Ledger.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Issuer.Tests.Verifiers;

/// <summary>What a ministry types to register a verifier, on a real node.</summary>
[Trait("Store", "Own")]
public sealed class VerifierCommandsTests : CommandsOnLedger
{
    private static string Day(int years) => DateTime.UtcNow.AddYears(years).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Until(int years) => $"to the end of {Day(years)} UTC";

    [Fact]
    public async Task A_verifier_is_registered_with_the_address_of_its_receipts_renewed_and_ended()
    {
        Assert.Equal((0, "This organisation has registered no verifier."), await SayAsync());
        var (registered, said) = await SayAsync("register", Written(Profile()), Day(1));
        Assert.Equal(0, registered);
        Assert.StartsWith($"Registered as number 1, in force {Until(1)}: Harbour Yard (XN) DEMONSTRATION; contact people@harbour-yard.example; receipts https://check.harbour-yard.example; purposes welder; keys ", said, StringComparison.Ordinal);

        Assert.Equal(0, (await SayAsync("renew", "1", Day(2))).Code);
        var lines = (await SayAsync()).Said.Split('\n');
        Assert.StartsWith("1 ended ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"2 in force {Until(2)}: Harbour Yard", lines[1], StringComparison.Ordinal);

        Assert.Equal(0, (await SayAsync("end", "2")).Code);
        Assert.All((await SayAsync()).Said.Split('\n'), line => Assert.Contains(" ended ", line, StringComparison.Ordinal));
        Assert.True((await Registry.FindVerifierAsync(2))!.Withdrawn);
    }

    [Fact]
    public async Task The_same_call_again_does_nothing_twice_and_goes_on_where_a_renewal_was_cut_short()
    {
        var file = Written(Profile());
        Assert.Equal(0, (await SayAsync("register", file, Day(1))).Code);
        var (once, line) = await SayAsync("register", file, Day(1));
        Assert.Equal(0, once);
        Assert.StartsWith("1 in force", line, StringComparison.Ordinal);
        var (again, said) = await SayAsync("register", file, Day(2));
        Assert.Equal((1, $"Number 1 says the same and is in force {Until(1)}. Renew that one."), (again, said));

        // Killed after the first of the two transactions of a renewal.
        Assert.IsType<RegistryWrite.Done>(await Registry.WithdrawVerifierAsync(Of(IssuerFixture.Ministry).Account, 1));
        Assert.StartsWith("Registered as number 2", (await SayAsync("renew", "1", Day(2))).Said, StringComparison.Ordinal);
        Assert.StartsWith("2 in force", (await SayAsync("renew", "1", Day(2))).Said, StringComparison.Ordinal);
        Assert.Equal(1, (await SayAsync("renew", "1", Day(3))).Code); // number 2 is the one to renew
        Assert.Null(await Registry.FindVerifierAsync(3));

        Assert.Equal(0, (await SayAsync("end", "2")).Code);
        Assert.Equal(0, (await SayAsync("end", "2")).Code);
    }

    [Fact]
    public async Task An_organisation_that_the_ledger_does_not_have_in_these_very_words_is_told_so()
    {
        var (code, said) = await AsAsync(IssuerFixture.Shipyard);

        Assert.Equal(1, code);
        Assert.Equal($"The ledger has no organisation of exactly these words: {Of(IssuerFixture.Shipyard).Profile.Canonical()}", said);
    }

    [Fact]
    public async Task Of_two_registrations_with_one_key_it_says_that_the_older_counts_and_of_one_without_an_address_what_is_missing()
    {
        var first = Profile();
        Assert.Equal(0, (await SayAsync("register", Written(first), Day(1))).Code);
        var said = (await SayAsync("register", Written(first with { Contact = "desk@harbour-yard.example", Url = null }), Day(1))).Said;
        Assert.Contains($"Number 1 names a key of it, too: of the two the older counts until it is ended: verifiers {IssuerFixture.Ministry} end 1", said, StringComparison.Ordinal);
        Assert.Contains("It names no url", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_nobody_registers_renews_or_ends_for_another_authority()
    {
        Assert.Equal(0, (await SayAsync("register", Written(Profile()), Day(1))).Code);
        foreach (var call in new[] { new[] { "renew", "1", Day(2) }, ["end", "1"] })
            Assert.Equal((1, "This organisation has no registration of number 1."), await AsAsync(IssuerFixture.College, call));
        Assert.Equal((1, "The ledger refuses it: only the account of the verifier authority may do this (NotVerifierAuthority)."), await AsAsync(IssuerFixture.College, "register", Written(Profile()), Day(1)));
        Assert.False((await Registry.FindVerifierAsync(1))!.Withdrawn);
    }

    [Fact]
    public async Task Attack_a_file_that_is_no_whole_profile_or_hides_something_never_reaches_the_ledger()
    {
        var good = Profile().Canonical();
        foreach (var bad in new[]
        {
            "", "[]", "{}", good[..^1], good.Replace("\"url\":", "\"URL\":", StringComparison.Ordinal), good.Replace("\"https://check.harbour-yard.example\"", "null", StringComparison.Ordinal),
            good.Replace("https://check.harbour-yard.example", "javascript:alert(1)", StringComparison.Ordinal), good.Replace("https://check.harbour-yard.example", "https://x.example/?q", StringComparison.Ordinal),
            good.Replace("Harbour Yard", "Harbour\u202eYard", StringComparison.Ordinal), good.Replace("\"demonstration\":true", "\"demonstration\":false", StringComparison.Ordinal),
            good.Replace("\"name\":", "\"name\":\"Ministry\",\"name\":", StringComparison.Ordinal), good.Replace("\"country\":\"XN\"", "\"country\":\"XN\",\"authority\":\"me\"", StringComparison.Ordinal), new string(' ', 70_000) + good,
        })
        {
            var (code, said) = await SayAsync("register", Written(bad), Day(1));
            Assert.True(code == 1 && said.StartsWith("Not registered: ", StringComparison.Ordinal), $"{code} {said}: {bad}");
        }
        Assert.Equal((1, "Not registered: the last day is over."), await SayAsync("register", Written(Profile()), "2020-01-01"));
        Assert.Null(await Registry.FindVerifierAsync(1));
    }

    [Fact]
    public async Task A_wrong_call_and_a_ledger_out_of_reach_have_exit_codes_of_their_own()
    {
        foreach (var call in new[] { new[] { "register" }, ["register", "/no/such/file", Day(1)], ["register", Written(Profile()), "tomorrow"], ["end", "-1"], ["end", "one"], ["renew", "1"], ["delete", "1"] })
            Assert.Equal(3, (await SayAsync(call)).Code);
        Assert.Equal(0, await Commands.RunAsync(["verifiers", IssuerFixture.Ministry, .. Settings]));
        Assert.Equal(3, await Commands.RunAsync(["verifiers", IssuerFixture.Ministry, "delete", .. Settings]));

        await StopNodeAsync();
        Assert.Equal(2, (await SayAsync()).Code);
    }

    private static VerifierProfile Profile()
    {
        using var key = Es256Key.Create();
        return new("Harbour Yard", "XN", true, "people@harbour-yard.example", false, [key.PublicKey.ThumbprintText()],
            [new("welder", new Dictionary<string, string> { ["en"] = "To hire a welder" }, [new("https://types.example/qualification", ["title"])])], "https://check.harbour-yard.example");
    }

    /// <summary>As a person writes it: not in canonical form.</summary>
    private string Written(VerifierProfile profile) => Written(new JsonObject(profile.ToJson().Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))).ToString());

    private protected override AccountCommands Command(IServiceProvider services, TextWriter output) => new VerifierCommands(services.GetRequiredService<RegistryAccess>(), TimeProvider.System, output);
}
