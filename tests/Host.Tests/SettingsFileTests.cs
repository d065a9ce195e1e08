using Identity.Hosting;
using Microsoft.Extensions.Configuration;

namespace Identity.Host.Tests;

/// <summary>One file of settings for a service and all its commands.</summary>
public sealed class SettingsFileTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("settings").FullName, "service.json");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Fact]
    public void The_file_that_is_named_is_read_and_arguments_win_over_it()
    {
        File.WriteAllText(_file, """{"Ledger":{"ChainId":7,"Agree":2}}""");

        var read = new ConfigurationBuilder().AddIdentitySettings("issuer", [$"--Settings:File={_file}", "--Ledger:Agree=3"]).Build();

        Assert.Equal(("7", "3"), (read["Ledger:ChainId"], read["Ledger:Agree"]));
    }

    [Theory]
    [InlineData(null, "is not there")]
    [InlineData("""{"Ledger":""", "service.json")]
    [InlineData("""{"a":1,"A":2}""", "service.json")]
    public void A_file_that_is_missing_or_broken_is_a_sentence_and_not_passed_over(string? text, string words)
    {
        if (text is not null) File.WriteAllText(_file, text);

        var missing = Assert.Throws<SettingMissingException>(() => new ConfigurationBuilder().AddIdentitySettings("issuer", [$"--Settings:File={_file}"]));

        Assert.Contains("Settings:File", missing.Message, StringComparison.Ordinal);
        Assert.Contains(words, missing.Message, StringComparison.Ordinal);
    }
}
