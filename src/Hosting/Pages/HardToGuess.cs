using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;

namespace Identity.Hosting.Pages;

/// <summary>
/// Refuses passwords that are long only to the eye (NIST SP 800-63B-4, section 3.1.1.2): names that belong to the account and well-known
/// words do not count, a repetition and a run (abcd, 4321, qwerty) count once, and what is left must be eight characters, five of them different.
/// No kind of character is demanded.
/// </summary>
public abstract partial class HardToGuess<TUser> : IPasswordValidator<TUser> where TUser : class
{
    /// <summary>The code of the refusal.</summary>
    public const string Code = "PasswordGuessable";

    private const int Least = 8, LeastDifferent = 5, ShortestWord = 3, ShortestRun = 3, Looked = 200;

    private static readonly string[] WellKnown =
        ["identity", "password", "passwort", "passw0rd", "passphrase", "contraseña", "contrasena", "motdepasse", "كلمة", "المرور", "welcome", "bienvenue", "bienvenido", "letmein", "iloveyou", "admin", "secret", "changeme", "login"];

    private static readonly string[] Rows = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertz", "azertyuiop", "qsdfghjklm", "wxcvbn"];

    /// <summary>Names that belong to the account: the person's, the organisation's.</summary>
    protected abstract IEnumerable<string?> NamesOf(TUser user);

    /// <inheritdoc/>
    public Task<IdentityResult> ValidateAsync(UserManager<TUser> manager, TUser user, string? password) => Task.FromResult(
        IsGuessable(password ?? "", NamesOf(user)) ? IdentityResult.Failed(new IdentityError
        {
            Code = Code, Description = "The password is easy to guess: names, well-known words, repetitions and runs such as 1234 do not count. Take several other words.",
        }) : IdentityResult.Success);

    internal static bool IsGuessable(string password, IEnumerable<string?> names)
    {
        var left = password[..Math.Min(password.Length, Looked)].ToLowerInvariant();
        foreach (var word in names.SelectMany(name => Word().Matches(name?.ToLowerInvariant() ?? "").Select(m => m.Value)).Concat(WellKnown).Where(w => w.Length >= ShortestWord).OrderByDescending(w => w.Length))
            left = left.Replace(word, "", StringComparison.Ordinal);
        left = WithoutRuns(Repetition().Replace(left, "$1"));
        return left.Length < Least || left.Distinct().Count() < LeastDifferent;
    }

    // Each run shrinks to its first character.
    private static string WithoutRuns(string text)
    {
        var kept = new List<char>();
        for (var at = 0; at < text.Length;)
        {
            var end = at + 1;
            while (end < text.Length && Follow(text[end - 1], text[end])) end++;
            if (end - at < ShortestRun) end = at + 1;
            kept.Add(text[at]);
            at = end;
        }
        return new string([.. kept]);
    }

    private static bool Follow(char a, char b) => Math.Abs(a - b) == 1 || Rows.Any(row => row.IndexOf(a, StringComparison.Ordinal) is >= 0 and var at && Math.Abs(row.IndexOf(b, StringComparison.Ordinal) - at) == 1 && row.Contains(b, StringComparison.Ordinal));

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"(.+?)\1+", RegexOptions.Singleline)]
    private static partial Regex Repetition();
}
