using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.StatusList;
using Identity.Hosting;
using Identity.Verifier.CommandLine;
using Identity.Verifier.Tests.World;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Identity.Verifier.Tests.CommandLine;

public class VerifyTests
{
    [Fact]
    public async Task The_exit_code_says_valid_not_valid_or_cannot_tell()
    {
        await using var scene = await Scene.OpenAsync();
        var good = scene.College.Issue("qualification", Scene.Diploma);
        var revoked = scene.College.Issue("qualification", Scene.Diploma);
        scene.College.SetStatus(revoked.Index, StatusValue.Invalid);

        var valid = await RunAsync(scene, good.Text);
        Assert.True(valid.Code == 0, valid.Error);
        Assert.StartsWith("VALID (valid)", valid.Output);
        Assert.Contains("recorded on the ledger,", valid.Output);
        Assert.Contains("Port Selin Technical College (XA) DEMONSTRATION", valid.Output);
        Assert.Equal(1, (await RunAsync(scene, revoked.Text)).Code);
        Assert.Equal(2, (await RunAsync(scene, "nothing of the kind")).Code);
        Assert.Equal(2, (await RunAsync(scene, scene.College.Issue("qualification", Scene.Diploma, anchor: false).Text)).Code);
    }

    [Fact]
    public async Task The_chain_is_told_in_words_and_where_it_does_not_hold_which_link_why_and_whom_to_ask()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma).Text;
        var own = scene.Verifier.Ledger.Granted.FindIndex(link => link.Scope!.Types!.Contains("urn:identity:qualification:1"));
        void Limit(Scope scope) => scene.Verifier.Ledger.Granted[own] = new AccreditationLink(scene.Verifier.Ledger.Granted[own].Number, 1, scene.College.Organisation, AccreditationRight.Issue, scope.Canonical(), new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero), null, null, scene.Clock.Now.AddDays(-30));

        Limit(new Scope(["urn:identity:qualification:1"], Eqf: new LevelRange(1, 5), Kinds: ["diploma"], Fields: ["07"], Occupations: ["7212"]));
        var entitled = await RunAsync(scene, diploma);
        Limit(new Scope(["urn:identity:qualification:1"], Nqf: new Dictionary<string, LevelRange> { ["XTQF"] = new(1, 4), ["XNQF"] = new(3, 3) }));
        var national = await RunAsync(scene, diploma);
        Limit(new Scope(["urn:identity:qualification:1"], Eqf: new LevelRange(1, 3)));
        var not = await RunAsync(scene, diploma);

        Assert.Equal(0, entitled.Code);
        Assert.Contains("accredited: Talmara Ministry of Education → Port Selin Technical College, for Qualification, up to EQF 5, field Engineering, manufacturing and construction (07), occupation Craft and trades workers (7212), since 2022", entitled.Output);
        Assert.Contains("for Qualification, XNQF 3, XTQF 1–4, since 2022", national.Output);
        Assert.Equal(1, not.Code);
        Assert.Contains("not accredited: The accreditation of Port Selin Technical College is for level 1–3 (EQF) only. This is level 4.", not.Output);
        Assert.Contains("ask: Talmara Ministry of Education, appeals@ministry.example", not.Output);
    }

    [Fact]
    public async Task Json_is_the_verdict_of_the_api()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);

        var run = await RunAsync(scene, diploma.Text, "--json");
        var verdict = (JsonObject)JsonNode.Parse(run.Output)!;

        Scene.Is("valid", "valid", verdict);
        Assert.Equal("7212", verdict["claims"]!["occupation"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_claim_cannot_play_with_the_terminal()
    {
        await using var scene = await Scene.OpenAsync();
        var claims = (JsonObject)Scene.Diploma.DeepClone();
        claims["title"] = "Fine\u001b[2J\u202eeilrahC";

        var run = await RunAsync(scene, scene.College.Issue("qualification", claims).Text);

        Assert.DoesNotContain('\u001b', run.Output);
        Assert.DoesNotContain('\u202e', run.Output);
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("verify", "/no/such/file", "--data", "DATA")]
    [InlineData("verify", "--nonsense", "x")]
    [InlineData("verify", "FILE", "--data", "/no/such/folder")]
    public async Task A_wrong_call_is_code_3_with_a_sentence(params string[] args)
    {
        await using var scene = await Scene.OpenAsync();
        var file = Path.Combine(scene.Verifier.Folder, "credential.txt");
        await File.WriteAllTextAsync(file, "x");

        var error = new StringWriter();
        var code = await VerifyCommand.RunAsync([.. args.Select(a => a == "FILE" ? file : a == "DATA" ? scene.Verifier.Folder : a)], new StringWriter(), error, TextReader.Null, s => Adjust(s, scene));

        Assert.Equal(3, code);
        Assert.NotEqual("", error.ToString());
    }

    [Fact]
    public async Task The_usage_names_every_language()
    {
        var error = new StringWriter();

        Assert.Equal(3, await VerifyCommand.RunAsync(["verify"], TextWriter.Null, error, TextReader.Null));

        Assert.All(Strings.AllLanguages, language => Assert.Matches($"lang .*\\b{language}\\b", error.ToString()));
    }

    [Fact]
    public async Task Standard_input_is_read_and_the_running_verifiers_data_left_alone()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var folder = "";

        var output = new StringWriter();
        var code = await VerifyCommand.RunAsync(["verify", "-", "--data", scene.Verifier.Folder], output, TextWriter.Null, new StringReader(diploma.Text), services =>
        {
            folder = ((IConfiguration)services.Single(s => s.ServiceType == typeof(IConfiguration)).ImplementationInstance!)["Data:Folder"]!;
            Assert.True(Directory.Exists(folder));
            Adjust(services, scene);
        });

        Assert.Equal(0, code);
        Assert.Empty(await Data.Rows.ReadAsync(scene.Verifier));
        Assert.False(Directory.Exists(folder));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(Scene scene, string text, params string[] options)
    {
        var file = Path.Combine(scene.Verifier.Folder, "credential.txt");
        await File.WriteAllTextAsync(file, text);
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await VerifyCommand.RunAsync(["verify", file, "--data", scene.Verifier.Folder, .. options], output, error, TextReader.Null, services => Adjust(services, scene));
        return (code, output.ToString(), error.ToString());
    }

    private static void Adjust(IServiceCollection services, Scene scene)
    {
        TestVerifier.Exchange(services, scene.Clock, scene.Verifier.Ledger);
        services.RemoveAll<Identity.Ledger.Mirror.LedgerMirror>();
    }
}
