using System.Security.Cryptography;

namespace Identity.Hosting;

/// <summary>Passwords that a service makes for its staff.</summary>
public static class StaffPasswords
{
    // No letters and digits that look alike.
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>A random one to be read aloud or typed: 79 bits.</summary>
    public static string New() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Alphabet, 4)));
}
