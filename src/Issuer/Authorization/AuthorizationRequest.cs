namespace Identity.Issuer.Authorization;

/// <summary>Where a wallet's authorization request stands; each step is one way.</summary>
public enum RequestState
{
    /// <summary>Pushed by the wallet; no browser has opened it.</summary>
    Pushed,

    /// <summary>Open in one browser.</summary>
    Opened,

    /// <summary>The person agreed; the code waits for the wallet.</summary>
    Granted,

    /// <summary>The code was exchanged.</summary>
    Redeemed,

    /// <summary>The person said no, or ran out of tries.</summary>
    Denied,
}

/// <summary>A pushed authorization request (RFC 9126) and the code that it leads to.</summary>
public sealed class AuthorizationRequest
{
    /// <summary>How long the wallet has to open it in a browser.</summary>
    public static readonly TimeSpan PushedLifetime = TimeSpan.FromSeconds(90);

    /// <summary>How long the person has on the page.</summary>
    public static readonly TimeSpan OpenLifetime = TimeSpan.FromMinutes(15);

    /// <summary>How long a code is good (RFC 6749, 4.1.2 allows ten times as much).</summary>
    public static readonly TimeSpan CodeLifetime = TimeSpan.FromSeconds(60);

    /// <summary>How long a used code is remembered, so that its second use ends what the first gave.</summary>
    public static readonly TimeSpan ReplayMemory = TimeSpan.FromHours(1);

    /// <summary>SHA-256 of the random part of the <c>request_uri</c>.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>The wallet, as it names itself.</summary>
    public required string ClientId { get; init; }

    /// <summary>Where the browser goes afterwards, byte for byte.</summary>
    public required string RedirectUri { get; init; }

    /// <summary>Answer in the fragment of the redirect URI instead of its query.</summary>
    public required bool InFragment { get; init; }

    /// <summary>The wallet's <c>state</c>, given back as it came.</summary>
    public required string? ClientState { get; init; }

    /// <summary>PKCE challenge, S256 (RFC 7636).</summary>
    public required string CodeChallenge { get; init; }

    /// <summary>Thumbprint of the DPoP key that alone may redeem the code (RFC 9449, 10), or null.</summary>
    public required string? KeyThumbprint { get; init; }

    /// <summary>The offer that <c>issuer_state</c> named.</summary>
    public required string OfferId { get; init; }

    /// <summary>The credential of that offer.</summary>
    public required string CredentialId { get; init; }

    /// <summary>Credential configuration ids with a space between.</summary>
    public required string Configurations { get; init; }

    /// <summary>Asked with authorization_details.</summary>
    public required bool ByIdentifier { get; init; }

    /// <summary>The present state.</summary>
    public RequestState State { get; private set; } = RequestState.Pushed;

    /// <summary>SHA-256 of the cookie of the browser that opened it.</summary>
    public byte[]? BrowserHash { get; private set; }

    /// <summary>SHA-256 of the authorization code.</summary>
    public byte[]? CodeHash { get; private set; }

    /// <summary>The family of the tokens that the code gave.</summary>
    public string? Family { get; private set; }

    /// <summary>When the present state ends and the row may go.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Rises with each change; of two changes at once one wins.</summary>
    public int Version { get; private set; }

    /// <summary>A browser opens it: the first one, and after that no other.</summary>
    public bool Open(byte[] browserHash, DateTimeOffset now)
    {
        if (now >= ExpiresAt) return false;
        if (State is RequestState.Opened) return BrowserHash!.AsSpan().SequenceEqual(browserHash);
        if (State is not RequestState.Pushed) return false;
        BrowserHash = browserHash;
        Go(RequestState.Opened, now + OpenLifetime);
        return true;
    }

    /// <summary>The person has proved that the record is theirs.</summary>
    public void Grant(byte[] codeHash, DateTimeOffset now)
    {
        CodeHash = codeHash;
        Go(RequestState.Granted, now + CodeLifetime);
    }

    /// <summary>The person said no, or may not try again.</summary>
    public void Deny(DateTimeOffset now) => Go(RequestState.Denied, now);

    /// <summary>The wallet has its tokens.</summary>
    public void Redeem(string family, DateTimeOffset now)
    {
        Family = family;
        Go(RequestState.Redeemed, now + ReplayMemory);
    }

    private void Go(RequestState to, DateTimeOffset expiresAt)
    {
        (State, ExpiresAt) = (to, expiresAt);
        Version++;
    }
}
