using Identity.Credentials.Transparency;

namespace Identity.Witness.Tests;

public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("witness-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_key_is_made_once_for_its_owner_alone_and_printed_as_a_verifier_key()
    {
        var data = Path.Combine(_folder, "data");
        var (code, first, _) = await RunAsync("key", "--data", data, "--name", "witness.union.example");
        var (_, again, _) = await RunAsync("key", "--data", data, "--name", "witness.union.example");

        Assert.Equal((0, first), (code, again));
        Assert.True(VKey.TryParse(first.Trim(), out var key));
        Assert.Equal(("witness.union.example", NoteKeyType.CosignatureV1), (key.Name, key.Type));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, "witness.pem")));
    }

    [Theory]
    [InlineData("key")]
    [InlineData("key --data DIR --name a+b")]
    [InlineData("serve --data DIR --name witness.example --logs DIR/none.txt")]
    [InlineData("serve --data DIR --name witness.example --logs DIR/bad.txt")]
    [InlineData("")]
    [InlineData("watch")]
    public async Task A_wrong_call_is_told_what_is_wrong_and_ends_with_3(string call)
    {
        File.WriteAllText(Path.Combine(_folder, "bad.txt"), "issuer.example/log\n");

        var (code, _, said) = await RunAsync(call.Replace("DIR", _folder, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(3, code);
        Assert.NotEqual("", said);
    }

    [Fact]
    public async Task Attack_two_witnesses_on_one_folder_would_tell_two_stories()
    {
        await using var bench = await Bench.StartAsync();

        var refused = Assert.Throws<InvalidOperationException>(() => new WitnessMemory(bench.Folder));

        Assert.Contains("Another witness", refused.Message);
    }

    [Fact]
    public void A_text_that_a_power_cut_left_half_written_beside_the_file_is_written_over()
    {
        var file = Path.Combine(_folder, "head");
        DurableFile.Write(file, "one");
        File.WriteAllText(file + ".half", "a much longer text that was cut");
        DurableFile.Write(file, "two");
        Assert.Equal("two", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(_folder));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (await WitnessCommands.RunAsync(args, output, error), output.ToString(), error.ToString());
    }
}
