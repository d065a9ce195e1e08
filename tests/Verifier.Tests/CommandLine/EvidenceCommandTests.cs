using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Verifier.CommandLine;

namespace Identity.Verifier.Tests.CommandLine;

public sealed class EvidenceCommandTests : IDisposable
{
    private const string Origin = "issuer.example/log";
    private readonly string _folder = Directory.CreateTempSubdirectory("evidence-").FullName;
    private readonly Ed25519Key _key = Ed25519Key.Create();

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Two_signed_stories_are_proven_with_exit_code_0()
    {
        var (code, said) = await RunAsync(Evidence().ToJson());

        Assert.Equal(0, code);
        Assert.StartsWith("PROVEN", said);
        Assert.Contains(Origin, said);
    }

    [Theory]
    [InlineData("issuer.example/log", "other.example/log")]
    [InlineData("\"identity-fork-evidence/1\"", "\"identity-fork-evidence/9\"")]
    [InlineData("{", "nonsense {")]
    public async Task Attack_evidence_that_was_made_up_proves_nothing(string from, string to)
    {
        var (code, said) = await RunAsync(Evidence().ToJson().Replace(from, to, StringComparison.Ordinal));

        Assert.Equal(1, code);
        Assert.StartsWith("PROVES NOTHING", said);
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_too_large_is_a_wrong_call()
    {
        Assert.Equal(3, (await RunAsync(new string('a', ForkEvidence.MaxBytes + 1))).Code);
        using var nowhere = new StringWriter();
        Assert.Equal(3, await EvidenceCommand.RunAsync(["verify-evidence", Path.Combine(_folder, "none")], nowhere, nowhere));
        Assert.Equal(3, await EvidenceCommand.RunAsync(["verify-evidence"], nowhere, nowhere));
    }

    private async Task<(int Code, string Said)> RunAsync(string file)
    {
        var path = Path.Combine(_folder, "evidence.json");
        await File.WriteAllTextAsync(path, file);
        using var output = new StringWriter();
        return (await EvidenceCommand.RunAsync(["verify-evidence", path], output, output), output.ToString());
    }

    private ForkEvidence Evidence() => ForkEvidence.Of(VKey.Of(Origin, NoteKeyType.Ed25519, _key), Origin, Signed("one"), Signed("another"), [], "us", DateTimeOffset.UnixEpoch)!;

    private string Signed(string story) => new Checkpoint(Origin, 5, SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(story))).Sign(Origin, _key);
}
