using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.Receipts;
using Identity.Credentials.StatusList;
using Identity.Verifier.CommandLine;
using Identity.Verifier.Policies;
using Identity.Verifier.Receipts;
using Identity.Verifier.Registration;
using Identity.Verifier.Results;
using Identity.Verifier.Tests.World;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Identity.Verifier.Tests.Receipts;

public class ReceiptTests
{
    [Fact]
    public async Task Who_asked_and_who_showed_get_the_same_receipt_with_names_of_claims_and_no_value()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var (created, request) = await scene.AskAsync("diploma");
        var shown = scene.Show(diploma, request);

        var told = await (await scene.Wallet.AnswerAsync(request, Scene.Token("qualification", shown))).JsonAsync();
        var verdict = (await scene.ResultAsync(created))["verdicts"]![0]!["verdict"]!;

        var text = Assert.Single(told["receipts"]!.AsArray())!.GetValue<string>();
        Assert.Equal(text, verdict["receipt"]!.GetValue<string>());
        var receipt = Read(text, out var key);
        Assert.Equal(scene.Verifier.Services.GetRequiredService<AskingIdentities>().PublicPage.RequestKey, key.ThumbprintText());
        Assert.Equal((scene.Verifier.Url, "valid", "valid", "online_key_binding"), (receipt.Verifier, receipt.Outcome, receipt.Reason, receipt.Binding));
        Assert.Equal(CheckReceipt.DigestOf(shown), receipt.Presentation);
        Assert.Equal(ShownText.EntryOf(diploma.Text), receipt.Entry);
        Assert.Equal(scene.Clock.Now, receipt.CheckedAt);
        Assert.Equal("urn:identity:qualification:1", receipt.Type);
        Assert.Equal(["awarded_on", "awarding_body", "awarding_country", "holder_name", "kind", "origin", "title"], receipt.Shown.Order()); // three of them are never hidden
        Assert.Contains("holder_name", receipt.Asked);
        Assert.True(Jws.TryParse(text, out var jws, out _));
        foreach (var value in Scene.Diploma.Select(claim => claim.Value!.ToString()).Where(value => value.Length > 7)) Assert.DoesNotContain(value, jws.Payload.ToJsonString());
    }

    [Fact]
    public async Task The_desk_signs_with_its_own_registered_key_and_its_own_words()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var (created, request) = await scene.AskAsync(new JsonObject { ["type"] = "qualification", ["required"] = new JsonArray("title"), ["purpose"] = "To hire a welder" });

        await scene.Wallet.AnswerAsync(request, Scene.Token("qualification", scene.Show(diploma, request, "title")));

        var receipt = Read((await scene.ResultAsync(created))["verdicts"]![0]!["verdict"]!["receipt"]!.GetValue<string>(), out var key);
        Assert.Equal(scene.Verifier.Services.GetRequiredService<AskingIdentities>().Desk!.RequestKey, key.ThumbprintText());
        Assert.Equal(("To hire a welder", "title", "title"), (receipt.Purpose, Assert.Single(receipt.Asked), receipt.Shown[^1]));
    }

    [Fact]
    public async Task A_phone_without_a_network_gets_the_receipt_later_by_the_digest_of_what_it_showed()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var created = await scene.Browser.PostJsonAsync("/api/challenges", new JsonObject { ["template"] = "diploma" }, HttpStatusCode.Created);
        Assert.True(CompactChallenge.TryParse(created["text"]!.GetValue<string>(), out var challenge, out _));
        var proof = CompactHolder.Answer(credential, challenge.Required, challenge, holder);
        var verdict = await scene.Browser.PostJsonAsync($"/api/challenges/{created["id"]}/answer", new JsonObject { ["proof"] = proof }, HttpStatusCode.OK);
        using var phone = scene.Verifier.Browser();

        var path = $"/receipts/{Base64Url.Encode(CheckReceipt.DigestOf(proof))}";
        Assert.Equal(verdict["receipt"]!.GetValue<string>(), await phone.GetStringAsync(path));
        // Somebody else shows the same again: the phone's receipt stays.
        var again = await scene.Browser.PostJsonAsync("/api/challenges", new JsonObject { ["template"] = "diploma" }, HttpStatusCode.Created);
        Scene.Is("not_valid", "replayed", await scene.Browser.PostJsonAsync($"/api/challenges/{again["id"]}/answer", new JsonObject { ["proof"] = proof }, HttpStatusCode.OK));
        Assert.Equal(verdict["receipt"]!.GetValue<string>(), await phone.GetStringAsync(path));
        Assert.Equal(HttpStatusCode.NotFound, (await phone.GetAsync($"/receipts/{Base64Url.Encode(new byte[32])}")).StatusCode);
        scene.Clock.Pass(TimeSpan.FromHours(24));
        Assert.Equal(HttpStatusCode.NotFound, (await phone.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Attack_self_made_credentials_and_many_shows_of_one_fill_the_memory_of_receipts()
    {
        await using var scene = await Scene.OpenAsync("--Verifier:MaxOpen=24");
        await using var stranger = await TestIssuer.StartAsync(scene.Clock, scene.Verifier.Ledger, "Nobody's college", false);
        var (own, key, _) = stranger.IssueCompact("qualification", Scene.Diploma);
        var (mine, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var (other, otherHolder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var memory = scene.Verifier.Services.GetRequiredService<ReceiptMemory>();
        var examiner = scene.Verifier.Services.GetRequiredService<Examiner>();
        var page = scene.Verifier.Services.GetRequiredService<AskingIdentities>().PublicPage;
        var question = Template.Find("diploma")!.Ask("en");
        var made = 0;
        async Task<string> ShowAsync(CompactCredential credential, Es256Key by)
        {
            var challenge = CompactChallenge.Create([.. BitConverter.GetBytes(made++), .. new byte[12]], scene.Clock.Now.ToUnixTimeSeconds(), "urn:identity:qualification:1", [1], [], question.Purpose, "Test", page.Keys.Challenge, "diploma");
            var proof = CompactHolder.Answer(credential, [1], challenge, by);
            memory.Keep(proof, "a receipt", (await examiner.ScanAsync(proof, challenge, question.Credentials[0], CancellationToken.None)).Verdict);
            return Base64Url.Encode(CheckReceipt.DigestOf(proof));
        }

        Assert.Null(memory.Find(await ShowAsync(own, key)));
        var others = await ShowAsync(other, otherHolder);
        var kept = new List<string>();
        for (var i = 0; i < ReceiptMemory.MostOfOneCopy + 10; i++) kept.Add(await ShowAsync(mine, holder));
        Assert.Equal(ReceiptMemory.MostOfOneCopy, kept.Count(digest => memory.Find(digest) is not null));
        Assert.NotNull(memory.Find(others));

        // Full: the oldest make room.
        var last = "";
        for (var i = 0; i < 10; i++) last = await ShowAsync(other, otherHolder);
        Assert.NotNull(memory.Find(last));
        Assert.Null(memory.Find(others));
    }

    [Fact]
    public async Task Attack_claims_that_nobody_signed_pass_as_the_copy_that_was_checked()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var keys = credential.Leaves.Select(leaf => leaf.Key).Take(2).ToList();
        var real = CompactHolder.Roll(credential, keys, scene.Clock.Now.ToUnixTimeSeconds(), false, holder);
        var forged = CompactHolder.Roll(credential with { Leaves = [credential.Leaves[0] with { Value = "Somebody else" }, .. credential.Leaves.Skip(1)] }, keys, scene.Clock.Now.ToUnixTimeSeconds(), false, holder);

        var refused = await scene.Browser.PostJsonAsync("/api/check", new JsonObject { ["credential"] = forged }, HttpStatusCode.OK);
        var receipt = (await scene.Browser.PostJsonAsync("/api/check", new JsonObject { ["credential"] = real }, HttpStatusCode.OK))["receipt"]!.GetValue<string>();

        Assert.Equal("altered", refused["reason"]!.GetValue<string>());
        Assert.False(refused.ContainsKey("receipt"));
        Assert.Contains("byte for byte", (await VerifyAsync(scene, receipt, real)).Output);
        Assert.Contains("the given credential is another one", (await VerifyAsync(scene, receipt, forged)).Output);
    }

    [Fact]
    public async Task A_file_gets_a_receipt_that_names_no_purpose_and_nonsense_gets_none()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);

        var verdict = await scene.Browser.PostJsonAsync("/api/check", new JsonObject { ["credential"] = diploma.Text }, HttpStatusCode.OK);
        var nonsense = await scene.Browser.PostJsonAsync("/api/check", new JsonObject { ["credential"] = "IDP:NOTHING" }, HttpStatusCode.OK);

        var receipt = Read(verdict["receipt"]!.GetValue<string>(), out _);
        Assert.Equal((null, "none"), (receipt.Purpose, receipt.Binding));
        Assert.Empty(receipt.Asked);
        Assert.False(nonsense.ContainsKey("receipt"));
    }

    [Fact]
    public async Task Years_later_the_command_line_says_who_checked_what_when_and_whether_it_was_this_credential()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var other = scene.College.Issue("qualification", Scene.Diploma);
        var (created, request) = await scene.AskAsync(new JsonObject { ["type"] = "qualification", ["required"] = new JsonArray("title"), ["purpose"] = "To hire a welder" });
        var shown = scene.Show(diploma, request, "title");
        await scene.Wallet.AnswerAsync(request, Scene.Token("qualification", shown));
        var receipt = (await scene.ResultAsync(created))["verdicts"]![0]!["verdict"]!["receipt"]!.GetValue<string>();

        var (code, output) = await VerifyAsync(scene, receipt, null);
        Assert.True(code == 0, output);
        foreach (var line in new[] { "GENUINE RECEIPT", "checked by: Test desk (XN) DEMONSTRATION, registered by Talmara Ministry of Interior", "purpose: To hire a welder", "checked at: 2026-11-20 10:00:00Z", "verdict then: VALID (valid)", "recorded: " }) Assert.Contains(line, output);
        Assert.Contains("the very copy", (await VerifyAsync(scene, receipt, diploma.Text)).Output);
        Assert.Contains("byte for byte", (await VerifyAsync(scene, receipt, shown + "\n")).Output);

        (code, output) = await VerifyAsync(scene, receipt, other.Text);
        Assert.Equal(1, code);
        Assert.StartsWith("ANOTHER CREDENTIAL", output);
    }

    [Fact]
    public async Task That_a_receipt_is_genuine_and_what_verdict_it_states_are_told_apart()
    {
        await using var scene = await Scene.OpenAsync();
        var (valid, shown) = await ReceiptOfAsync(scene);
        var desk = scene.Verifier.Services.GetRequiredService<AskingIdentities>().Desk!;
        var receipt = (Read(valid, out _) with { Outcome = "not_valid", Reason = "revoked" }).Sign(desk.Keys.Request);

        var (code, output) = await VerifyAsync(scene, receipt, shown);
        Assert.Equal(0, code); // what is told is that it was found not valid, and that holds
        Assert.StartsWith("GENUINE RECEIPT", output);
        Assert.Contains("\nverdict then: NOT VALID (revoked)", output.ReplaceLineEndings("\n"));
        Assert.DoesNotContain("\nVALID", "\n" + output.ReplaceLineEndings("\n"));
        Assert.Contains("receipt 1: GENUINE, checked", (await VerifyAsync(scene, $"{receipt}\n{receipt}\n", null)).Output);
        Assert.Contains("verdict then NOT VALID (revoked)", (await VerifyAsync(scene, $"{receipt}\n{receipt}\n", null)).Output);
    }

    [Fact]
    public async Task Attack_a_receipt_is_altered_or_signed_by_a_key_that_nobody_registered()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var real = (await scene.Browser.PostJsonAsync("/api/check", new JsonObject { ["credential"] = diploma.Text }, HttpStatusCode.OK))["receipt"]!.GetValue<string>();
        using var own = Es256Key.Create();
        var forged = Read(real, out _).Sign(own);
        Assert.True(Jws.TryParse(real, out var jws, out _));
        jws.Payload["outcome"] = "not_valid";
        var altered = $"{real.Split('.')[0]}.{Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(jws.Payload.ToJsonString()))}.{real.Split('.')[2]}";

        Assert.False(CheckReceipt.TryRead(altered, out _, out _, out var reason));
        Assert.Equal("the signature does not hold", reason);
        var (code, output) = await VerifyAsync(scene, forged, null);
        Assert.Equal(1, code);
        Assert.Contains("nobody whom the ledger knows", output);
        Assert.Equal(1, (await VerifyAsync(scene, "eyJ.nothing.at-all", null)).Code);
        Assert.Equal(3, await ReceiptCommand.RunAsync(["verify-receipt", "/no/such/file"], TextWriter.Null, TextWriter.Null));
    }

    [Fact]
    public async Task A_file_of_receipts_is_told_line_by_line_and_the_worst_decides()
    {
        await using var scene = await Scene.OpenAsync();
        var (first, shown) = await ReceiptOfAsync(scene);
        var (second, _) = await ReceiptOfAsync(scene);

        var (code, output) = await VerifyAsync(scene, $"{first}\r\n\n{second}\n", null);
        Assert.Equal(0, code);
        Assert.Equal(2, output.Split("GENUINE, checked ").Length - 1);
        Assert.Contains("receipt 2: GENUINE", output);
        Assert.Contains("verdict then VALID (valid), binding online_key_binding", output);

        // One of them is about the person's credential: that is enough.
        (code, output) = await VerifyAsync(scene, $"{first}\n{second}\n", shown);
        Assert.Equal(0, code);
        Assert.Contains("byte for byte", output);
        Assert.Contains("receipt 2: GENUINE", output);
        Assert.Contains("about another credential", output.Split("receipt 2:")[1]);

        (code, output) = await VerifyAsync(scene, $"{second}\n{second}\n", shown);
        Assert.Equal(1, code);

        using var own = Es256Key.Create();
        (code, output) = await VerifyAsync(scene, $"{first}\n{Read(second, out _).Sign(own)}\nnothing\n", null);
        Assert.Equal(1, code);
        Assert.Contains("receipt 1: GENUINE", output);
        Assert.Contains("receipt 2: NOT GENUINE", output);
        Assert.Contains("receipt 3: NOT A RECEIPT", output);
    }

    [Fact]
    public async Task What_a_wallet_saved_of_a_showing_is_told_with_its_own_signed_line()
    {
        await using var scene = await Scene.OpenAsync();
        using var holder = Es256Key.Create();
        var (receipt, shown) = await ReceiptOfAsync(scene, holder);
        using var stranger = Es256Key.Create();
        var read = Read(receipt, out var asker);
        const string Question = "IDC:THE QUESTION AS IT WAS SIGNED";
        string Evidence(Action<JsonObject> change, Es256Key? by = null, string question = Question)
        {
            var line = new JsonObject
            {
                ["iat"] = scene.Clock.Now.ToUnixTimeSeconds(), ["asker"] = "Harbour Yard", ["standing"] = "registered", ["key"] = asker.ThumbprintText(), ["purpose"] = "To hire a welder", ["type"] = read.Type,
                ["shown"] = new JsonArray("title"), ["entry"] = Base64Url.Encode(read.Entry), ["presentation"] = Base64Url.Encode(read.Presentation), ["question"] = Base64Url.Encode(CheckReceipt.DigestOf(Question)),
            };
            change(line);
            var key = by ?? holder;
            return new JsonObject
            {
                ["at"] = "2026-11-23T00:00:00.000Z", ["question"] = question, ["receipts"] = new JsonArray(receipt),
                ["lines"] = new JsonArray(Jws.Sign(new JsonObject { ["typ"] = ShownLine.Typ, ["jwk"] = key.PublicKey.ToJson() }, line, key)),
            }.ToJsonString();
        }

        var (code, output) = await VerifyAsync(scene, Evidence(_ => { }), shown);
        Assert.Equal(0, code);
        Assert.Contains("receipt 1: GENUINE", output);
        Assert.Contains("line 1: SIGNED by the key of the credential", output);
        Assert.Contains("purpose “To hire a welder”", output);
        Assert.Equal(0, (await VerifyAsync(scene, Evidence(_ => { }), null)).Code);

        (code, output) = await VerifyAsync(scene, Evidence(_ => { }, stranger), shown);
        Assert.Equal(1, code);
        Assert.Contains("another key signed it than the credential names", output);
        (code, output) = await VerifyAsync(scene, Evidence(_ => { }, question: "IDC:ANOTHER"), null);
        Assert.Equal(1, code);
        Assert.Contains("missing or another one", output);
        Assert.Equal(1, (await VerifyAsync(scene, Evidence(line => line["entry"] = "AA"), null)).Code);
    }

    private static async Task<(string Receipt, string Shown)> ReceiptOfAsync(Scene scene, Es256Key? holder = null)
    {
        var diploma = scene.College.Issue("qualification", Scene.Diploma, holder: holder);
        var (created, request) = await scene.AskAsync(new JsonObject { ["type"] = "qualification", ["required"] = new JsonArray("title"), ["purpose"] = "To hire a welder" });
        var shown = scene.Show(diploma, request, "title");
        await scene.Wallet.AnswerAsync(request, Scene.Token("qualification", shown));
        return ((await scene.ResultAsync(created))["verdicts"]![0]!["verdict"]!["receipt"]!.GetValue<string>(), shown);
    }

    internal static CheckReceipt Read(string text, out Jwk key)
    {
        Assert.True(CheckReceipt.TryRead(text, out var receipt, out var found, out var reason), reason);
        key = found;
        return receipt;
    }

    private static async Task<(int Code, string Output)> VerifyAsync(Scene scene, string receipt, string? credential)
    {
        var (file, other) = (Path.Combine(scene.Verifier.Folder, "receipt.jwt"), Path.Combine(scene.Verifier.Folder, "credential.txt"));
        await File.WriteAllTextAsync(file, receipt);
        if (credential is not null) await File.WriteAllTextAsync(other, credential);
        var output = new StringWriter();
        string[] args = ["verify-receipt", file, "--data", scene.Verifier.Folder];
        var code = await ReceiptCommand.RunAsync(credential is null ? args : [.. args, "--credential", other], output, TextWriter.Null, services =>
        {
            services.AddSingleton(scene.Verifier.Services.GetRequiredService<RegistrationSource>());
            TestVerifier.Exchange(services, scene.Clock, scene.Verifier.Ledger);
            foreach (var mirror in services.Where(s => s.ServiceType == typeof(Identity.Ledger.Mirror.LedgerMirror)).ToList()) services.Remove(mirror);
        });
        return (code, output.ToString());
    }
}
