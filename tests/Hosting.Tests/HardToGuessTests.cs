using Identity.Hosting.Pages;

namespace Identity.Hosting.Tests;

public sealed class HardToGuessTests
{
    private static readonly string[] Names = ["sara.haddad@port-selin.example", "port-selin", "Port Selin Technical College"];

    private sealed class Rule : HardToGuess<object>
    {
        protected override IEnumerable<string?> NamesOf(object user) => Names;
    }

    [Theory]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("abababababab")]
    [InlineData("abcabcabcabc")]
    [InlineData("hunter2hunter2hunter2")]
    [InlineData("abcdefghijklm")]
    [InlineData("ZYXWVUTSRQPO")]
    [InlineData("123456789012")]
    [InlineData("987654321098")]
    [InlineData("qwertyuiop123")]
    [InlineData("azertyuiop123")]
    [InlineData("Password12345!")]
    [InlineData("passwordpassword")]
    [InlineData("Port-Selin-2026")]
    [InlineData("SaraHaddad1995")]
    [InlineData("identity-welcome-1")]
    [InlineData("contraseña2026!")]
    [InlineData("motdepasse2026")]
    [InlineData("ابتثابتثابتث")]
    [InlineData("            ")]
    public async Task Attack_a_long_password_that_is_easy_to_guess(string password) =>
        Assert.Equal(HardToGuess<object>.Code, Assert.Single((await new Rule().ValidateAsync(null!, new object(), password)).Errors).Code);

    [Theory]
    [InlineData("a password of my own")]
    [InlineData("four words kept well")]
    [InlineData("correct horse battery staple")]
    [InlineData("k7mq-x2rt-9hws-c4pv")]
    [InlineData("الميناء أزرق صباحاً")]
    [InlineData("the college has a green door")]
    [InlineData("bookkeeper's coffee")]
    public async Task No_kind_of_character_is_demanded(string password) => Assert.True((await new Rule().ValidateAsync(null!, new object(), password)).Succeeded);

    [Fact]
    public async Task Passwords_that_the_service_makes_pass()
    {
        for (var i = 0; i < 1000; i++) Assert.True((await new Rule().ValidateAsync(null!, new object(), StaffPasswords.New())).Succeeded);
    }
}
