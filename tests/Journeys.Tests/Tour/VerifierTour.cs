using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Verdicts;
using Identity.Host.Journey;
using Identity.Journeys.Tests.Browser;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Tour;

/// <summary>Every page of the verifier, and its verdict with each reason.</summary>
internal static class VerifierTour
{
    public static async Task PlayAsync(Surroundings surroundings, string language, Stop stop)
    {
        surroundings.DeskCamera.ShowNothing();
        var desk = new VerifierPage(await surroundings.OpenAsync(language, 360, 640, desk: true), surroundings);
        await desk.OpenAsync("/", language);
        await stop(desk.Page, "check");
        await desk["languages"].ClickAsync();
        await stop(desk.Page, "languages");
        await desk.OpenAsync("/", language);
        await desk["paste-open"].ClickAsync();
        await desk["paste-go"].ClickAsync();
        await Assertions.Expect(desk["paste-error"]).ToBeVisibleAsync();
        await stop(desk.Page, "check-paste");
        await desk.OpenAsync("/scan", language);
        await Assertions.Expect(desk["challenge"]).ToBeVisibleAsync();
        await stop(desk.Page, "scan");
        await desk.OpenAsync("/ask", language);
        await stop(desk.Page, "ask");
        await desk.Page.GotoAsync($"{surroundings.Options.VerifierUrl}/desk?lang={language}");
        await desk.OnScreenAsync("desk-sign-in");
        await stop(desk.Page, "desk-sign-in");
        await desk["desk-key"].FillAsync("wrong");
        await desk["desk-go"].ClickAsync();
        await Assertions.Expect(desk["desk-error"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-refused");
        await desk["desk-key"].FillAsync(surroundings.Stack.DeskKey);
        await desk["desk-go"].ClickAsync();
        await desk.OnScreenAsync("desk");
        await Assertions.Expect(desk["desk-registered"]).ToBeVisibleAsync();
        await Assertions.Expect(desk["ask-title"]).ToHaveValueAsync("required");
        await Assertions.Expect(desk["ask-occupation"]).ToHaveValueAsync("optional");
        await stop(desk.Page, "desk");
        await desk["desk-scan"].ClickAsync();
        await desk.OnScreenAsync("scan");
        await Assertions.Expect(desk["challenge"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-scan");
        await UnregisteredAsync(surroundings, desk, language, stop);
        await desk.Page.GotoAsync($"{surroundings.Options.VerifierUrl}/desk?lang={language}");
        await AnsweredAsync(surroundings, desk, stop, "desk");
        await desk.OpenAsync("/ask", language);
        await desk["template-diploma"].CheckAsync();
        await AnsweredAsync(surroundings, desk, stop, "ask");
        await desk.OpenAsync("/ask", language);
        await desk["template-diploma"].CheckAsync();
        await desk["ask-here"].ClickAsync();
        await desk.OnScreenAsync("here");
        await stop(desk.Page, "here");
        await desk.Page.GotoAsync($"{surroundings.Options.VerifierUrl}/result?lang={language}");
        await desk.OnScreenAsync("problem");
        await stop(desk.Page, "problem");
        await desk.OpenAsync("/transparency", language);
        await Assertions.Expect(desk["log"].First).ToBeVisibleAsync();
        foreach (var folded in new[] { "counts", "anchors" }) await desk[folded].First.Locator("summary").ClickAsync();
        await stop(desk.Page, "transparency");
        await desk["organisation"].First.ClickAsync();
        await desk.OnScreenAsync("transparency-history");
        await stop(desk.Page, "transparency-history");

        foreach (var reason in Enum.GetValues<ReasonCode>()) await VerdictAsync(surroundings, desk, language, reason, stop);
        await desk.Page.Context.CloseAsync();
        await NoServiceAsync(surroundings, language, stop);
        await PreparedAsync(surroundings, language, stop);
    }

    // A service that never answers, on a device that was not prepared for it.
    private static async Task NoServiceAsync(Surroundings surroundings, string language, Stop stop)
    {
        var desk = new VerifierPage(await surroundings.OpenAsync(language, 360, 640, desk: true), surroundings);
        await desk.Page.Clock.InstallAsync();
        await HangAsync(desk);
        await desk.OpenAsync("/scan", language);
        await Assertions.Expect(desk["busy"]).ToBeVisibleAsync();
        await stop(desk.Page, "scan-busy");
        await desk.Page.Clock.FastForwardAsync("00:20");
        await Assertions.Expect(desk["problem"]).ToBeVisibleAsync();
        await stop(desk.Page, "scan-no-service");
        await desk.Page.Context.CloseAsync();
    }

    // A device that was prepared: what it checked by itself, what waits for a receipt and what got none.
    private static async Task PreparedAsync(Surroundings surroundings, string language, Stop stop)
    {
        await surroundings.VerdictAsync(); // the college has issued something, so that there is a pack
        var desk = new VerifierPage(await surroundings.OpenAsync(language, 360, 640, desk: true), surroundings);
        await desk.OpenAsync("/", language);
        await desk.Page.WaitForFunctionAsync("fetch('/trust/pack/info').then(answer => answer.ok)", null, new() { PollingInterval = 500 });
        await desk["offline-prepare"].ClickAsync();
        await Assertions.Expect(desk["offline-state"]).ToHaveAttributeAsync("data-state", "ready");
        await stop(desk.Page, "offline-ready");
        await HangAsync(desk);
        await desk.OpenAsync("/scan", language);
        await Assertions.Expect(desk["challenge"]).ToBeVisibleAsync();
        await stop(desk.Page, "offline-scan");
        var answer = await surroundings.AnswerAsync(desk);
        await desk.PasteAnswerAsync(answer);
        await Assertions.Expect(desk["receipt-later"]).ToBeVisibleAsync();
        await stop(desk.Page, "offline-verdict");
        await desk.OpenAsync("/", language);
        await Assertions.Expect(desk["receipts-waiting"]).ToBeVisibleAsync();
        await stop(desk.Page, "offline-waiting");
        await desk.PasteAsync(answer);
        await Assertions.Expect(desk["receipt-none"]).ToBeVisibleAsync();
        await stop(desk.Page, "offline-verdict-of-text");
        await desk.Page.RouteAsync("**/api/offline-receipts", route => route.FulfillAsync(new() { ContentType = "application/json", Body = """[{"outcome":null,"reason":null,"receipt":null,"refused":"too_late"}]""" }));
        await desk.Page.UnrouteAsync("**/api/**"); // after the answer is laid down: what waits is sent as soon as it can be
        await desk.OpenAsync("/", language);
        await desk["offline-prepare"].ClickAsync();
        await Assertions.Expect(desk["receipts-lost"]).ToBeVisibleAsync();
        await stop(desk.Page, "offline-refused");
        await desk.Page.Context.CloseAsync();
    }

    private static Task HangAsync(VerifierPage desk) => desk.Page.RouteAsync("**/api/**", _ => Task.CompletedTask);

    // Asks by a code; a phone elsewhere answers it; the verdict comes by itself.
    private static async Task AnsweredAsync(Surroundings surroundings, VerifierPage desk, Stop stop, string name)
    {
        var link = await desk.AskAsync();
        await stop(desk.Page, $"{name}-waiting");
        await surroundings.AnswerAsync(link);
        await desk.ShowsVerdictAsync("valid", "valid");
        await Assertions.Expect(desk["claim-holder_name"]).ToContainTextAsync("Amina Okoye-Reyes");
        await stop(desk.Page, $"{name}-verdict");
        if (name is not "ask") return;
        await desk["receipt"].Locator("summary").ClickAsync();
        await Assertions.Expect(desk["receipt-keep"]).ToBeVisibleAsync();
        await stop(desk.Page, "receipt");
        var saved = await desk.Page.RunAndWaitForDownloadAsync(() => desk["receipt-keep"].ClickAsync());
        await ReadAsync(desk, await File.ReadAllTextAsync(await saved.PathAsync()), stop);
    }

    // One receipt that holds, one that was changed, one of a key that nobody registered.
    private static async Task ReadAsync(VerifierPage desk, string receipt, Stop stop)
    {
        await desk["home"].ClickAsync();
        await desk["read"].ClickAsync();
        await desk.OnScreenAsync("read");
        await stop(desk.Page, "read");
        await desk["receipt-file"].SetInputFilesAsync(VerifierReceiptsTests.AsFile($"{receipt}\n{receipt[..^8]}AAAAAAAA\n{VerifierReceiptsTests.OfNobody(receipt)}\n"));
        await Assertions.Expect(desk["statement"]).ToHaveCountAsync(3);
        await Assertions.Expect(desk["statement"].Last).ToHaveAttributeAsync("data-owner", "nobody");
        await stop(desk.Page, "read-told");
    }

    // The same desk once its registration is over: the service's real answer, without it.
    private static async Task UnregisteredAsync(Surroundings surroundings, VerifierPage desk, string language, Stop stop)
    {
        await desk.Page.RouteAsync("**/api/desk", async route =>
        {
            var view = (await (await route.FetchAsync()).JsonAsync())!.Value.Deserialize<JsonObject>()!;
            (view["registered"], view["authority"], view["until"], view["purposes"]) = (false, null, null, new JsonArray());
            await route.FulfillAsync(new() { ContentType = "application/json", Body = view.ToJsonString() });
        });
        await desk.Page.GotoAsync($"{surroundings.Options.VerifierUrl}/desk?lang={language}");
        await Assertions.Expect(desk["desk-unregistered"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-unregistered");
        await desk.Page.UnrouteAllAsync();
    }

    // A real answer of the service whose leading reason is replaced on its way to the page: what stands there is the page's.
    private static async Task VerdictAsync(Surroundings surroundings, VerifierPage desk, string language, ReasonCode reason, Stop stop)
    {
        var real = await surroundings.VerdictAsync();
        real["reason"] = Reasons.Name(reason);
        real["outcome"] = Reasons.Name(Reasons.OutcomeOf(reason));
        real["tone"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(Reasons.ToneOf(reason).ToString());
        await desk.Page.RouteAsync("**/api/check", route => route.FulfillAsync(new() { ContentType = "application/json", Body = real.ToJsonString() }));
        await desk.OpenAsync("/", language);
        await desk["paste-open"].ClickAsync();
        await desk["paste"].FillAsync("eyJhbGciOiJFUzI1NiJ9.e30.AAAA~");
        await desk["paste-go"].ClickAsync();
        await desk.ShowsVerdictAsync((string)real["outcome"]!, Reasons.Name(reason));
        await stop(desk.Page, $"verdict-{Reasons.Name(reason)}");
        if (reason == ReasonCode.Valid)
        {
            await desk.Page.EvaluateAsync("document.querySelectorAll('details:not(.menu)').forEach(details => { details.open = true; })");
            await stop(desk.Page, "verdict-evidence");
        }
        await desk.Page.UnrouteAllAsync();
    }
}
