using System.Net;
using Identity.Verifier.Registration;
using Identity.Verifier.Tests.World;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Verifier.Tests.Registration;

public class ServeVerifiersTests
{
    [Fact]
    public async Task The_register_says_who_vouched_for_which_keys_and_until_when_the_same_for_everybody()
    {
        await using var verifier = await TestVerifier.StartAsync();
        using var anybody = new HttpClient { BaseAddress = new Uri(verifier.Url) };

        using var response = await anybody.GetAsync("/trust/verifiers");
        var register = await response.JsonAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl!.NoCache);
        Assert.Equal(verifier.Clock.Now.UtcDateTime, register["readAt"]!.GetValue<DateTime>());
        var desk = verifier.Services.GetRequiredService<AskingIdentities>().Desk!;
        var one = Assert.Single(register["verifiers"]!.AsArray())!;
        Assert.Equal(["authority", "country", "demonstration", "from", "keys", "name", "until"], one.AsObject().Select(member => member.Key).Order());
        Assert.Equal(("Test desk", "Talmara Ministry of Interior"), ((string?)one["name"], (string?)one["authority"]));
        Assert.Equal([desk.RequestKey, desk.ChallengeKey], one["keys"]!.AsArray().Select(key => (string?)key));
        Assert.Equal((FakeClock.Begin.UtcDateTime, FakeClock.Begin.AddDays(30).UtcDateTime), (one["from"]!.GetValue<DateTime>(), one["until"]!.GetValue<DateTime>()));
    }

    [Fact]
    public async Task A_registration_that_was_withdrawn_ends_then_and_stays_in_the_register()
    {
        await using var verifier = await TestVerifier.StartAsync();
        var source = verifier.Services.GetRequiredService<RegistrationSource>();
        var (registration, authority) = source.All()[0];
        var withdrawn = FakeClock.Begin.AddDays(3);

        var view = ServeVerifiers.View(registration with { WithdrawnAt = withdrawn }, authority);

        Assert.Equal(withdrawn.UtcDateTime, view.Until);
        Assert.Equal(registration.Until.UtcDateTime, ServeVerifiers.View(registration with { WithdrawnAt = registration.Until.AddDays(1) }, authority).Until);
    }
}
