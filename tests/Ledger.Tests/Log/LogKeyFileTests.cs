using Identity.Ledger.Log;

namespace Identity.Ledger.Tests.Log;

public sealed class LogKeyFileTests : IDisposable
{
    // RFC 8410 §10.3, the key without attributes.
    private const string Rfc8410 = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
        -----END PRIVATE KEY-----
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("key-").FullName;

    [Fact]
    public void A_created_key_is_read_back_and_only_its_owner_may()
    {
        var file = Path.Combine(_folder, "log.pem");
        using var made = LogKeyFile.Create(file);

        using var read = LogKeyFile.Load(file);

        Assert.Equal(made.PublicBytes, read.PublicBytes);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Throws<IOException>(() => LogKeyFile.Create(file));
    }

    [Fact]
    public void What_a_killed_call_left_half_written_the_next_one_takes_away()
    {
        var (file, half) = (Path.Combine(_folder, "log.pem"), Path.Combine(_folder, "log.pem.half"));
        File.WriteAllText(half, Rfc8410[..60]);

        using var made = LogKeyFile.Create(file);

        using var read = LogKeyFile.Load(file);
        Assert.Equal(made.PublicBytes, read.PublicBytes);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.GetFiles(_folder)); // no private key stays behind
    }

    [Fact]
    public void The_key_of_RFC_8410_has_the_public_key_it_should()
    {
        var file = Path.Combine(_folder, "rfc.pem");
        File.WriteAllText(file, Rfc8410);

        using var key = LogKeyFile.Load(file);

        // RFC 8410 §10.1
        Assert.Equal("19BF44096984CDFE8541BAC167DC3B96C85086AA30B6B6CB0C5C38AD703166E1", Convert.ToHexString(key.PublicBytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PUBLIC KEY-----")]
    public void Another_file_is_refused_with_its_name(string text)
    {
        var file = Path.Combine(_folder, "other.pem");
        File.WriteAllText(file, text);

        Assert.Contains(file, Assert.Throws<InvalidOperationException>(() => LogKeyFile.Load(file)).Message);
    }

    [Fact]
    public void A_missing_file_says_how_to_make_one() =>
        Assert.Contains("openssl genpkey", Assert.Throws<InvalidOperationException>(() => LogKeyFile.Load(Path.Combine(_folder, "none.pem"))).Message);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
