using System.Net;
using System.Text.Json.Nodes;

namespace Identity.Wallet.Tests.Recovery;

/// <summary>What a person types for the six digits of a message, and what of it is a try.</summary>
public sealed class TypedCodeTests
{
    private const string Mail = "amina@example.org";

    public static TheoryData<string> NoCodes => ["", " ", "12345", "1234567", "१२३४५६", "١٢٣٤٥٦", "12345a", "12345\n"];

    [Theory, MemberData(nameof(NoCodes))]
    public async Task What_has_not_six_digits_is_refused_and_stops_no_recovery(string typed)
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(TimeSpan.FromDays(7));
        using var owner = new Phone(service, old.Sheet);
        var own = await owner.BeginAsync();

        for (var i = 0; i < 6; i++)
        {
            using var answer = await owner.ProveAsync(own, typed);
            Assert.Equal((HttpStatusCode.BadRequest, "digits"), (answer.StatusCode, await Phone.CodeOf(answer)));
        }

        Assert.Equal("waiting", Phone.State(await Phone.JsonAsync(await owner.ProveAsync(own, await service.CodeAsync(Mail, 2)))));
    }

    [Fact]
    public async Task What_has_not_six_digits_uses_up_no_try_of_a_new_contact()
    {
        await using var service = await RecoveryService.StartAsync();
        using var phone = await Phone.EnrolAsync(service);
        var added = await phone.SendAsync(HttpMethod.Post, phone.List + "/contacts", new JsonObject { ["kind"] = "email", ["address"] = Mail });
        var path = $"{phone.List}/contacts/{(await Phone.JsonAsync(added))["id"]!.GetValue<string>()}";

        for (var i = 0; i < 6; i++) Assert.Equal("digits", await Phone.CodeOf(await phone.SendAsync(HttpMethod.Post, path, new JsonObject { ["code"] = "१२३४५६" })));

        Assert.Equal(HttpStatusCode.NoContent, (await phone.SendAsync(HttpMethod.Post, path, new JsonObject { ["code"] = await service.CodeAsync(Mail, 1) })).StatusCode);
    }
}
