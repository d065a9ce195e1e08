using Microsoft.AspNetCore.Identity;

namespace Identity.TestKit;

/// <summary>The true hasher of passwords, which counts what it is asked: the work of a sign-in can be compared without a clock.</summary>
public sealed class CountingHasher<TUser> : IPasswordHasher<TUser> where TUser : class
{
    private readonly PasswordHasher<TUser> _true = new();
    private int _work;

    /// <summary>Passwords hashed since the last time this was asked.</summary>
    public int Work() => Interlocked.Exchange(ref _work, 0);

    public string HashPassword(TUser user, string password)
    {
        Interlocked.Increment(ref _work);
        return _true.HashPassword(user, password);
    }

    public PasswordVerificationResult VerifyHashedPassword(TUser user, string hashedPassword, string providedPassword)
    {
        Interlocked.Increment(ref _work);
        return _true.VerifyHashedPassword(user, hashedPassword, providedPassword);
    }
}
