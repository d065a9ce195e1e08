using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Dcql;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Verifier.Policies;
using Identity.Verifier.Registration;
using Identity.Verifier.Results;
using Identity.Verifier.Sessions;

namespace Identity.Verifier.Presentations;

/// <summary>Where the wallet is, seen from the browser that asks.</summary>
public enum Flow
{
    /// <summary>On another device: the browser shows a QR and waits.</summary>
    CrossDevice,
    /// <summary>On the same device: the browser opens the wallet, which sends it back with a response code.</summary>
    SameDevice,
}

/// <summary>How the wallet sends its answer (OpenID4VP 1.0, sections 8.2 and 8.3.1).</summary>
public enum ResponseMode
{
    /// <summary>Encrypted to a key of this request.</summary>
    DirectPostJwt,
    /// <summary>In clear inside TLS.</summary>
    DirectPost,
}

/// <summary>Where a presentation stands. Steps go one way: created → fetched → answering → answered or refused.</summary>
public abstract record PresentationState
{
    private PresentationState() { }

    /// <summary>Nobody has fetched the request.</summary>
    public sealed record Created : PresentationState;

    /// <summary>A wallet has fetched the request, once or more.</summary>
    public sealed record Fetched : PresentationState;

    /// <summary>An answer has come and is being checked; no other is taken.</summary>
    public sealed record Answering : PresentationState;

    /// <summary>The answer was checked. <paramref name="ResponseCode"/> is what the same-device browser must bring.</summary>
    public sealed record Answered(IReadOnlyList<PresentedVerdict> Credentials, Holders Holders, IReadOnlyList<LinkView> Links, string? ResponseCode) : PresentationState;

    /// <summary>The wallet or the holder refused, with the wallet's error code.</summary>
    public sealed record Refused(string Error, string? ResponseCode) : PresentationState;
}

/// <summary>The verdict about one presented credential, under the id of its query.</summary>
/// <param name="Id">Id of the query.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Status">Where its status can be looked at again (<c>POST /api/status</c>); only in answer to <c>evaluation</c>, which takes weeks to decide.</param>
public sealed record PresentedVerdict(string Id, VerdictView Verdict, StatusReference? Status);

/// <summary>
/// One question to one wallet, alive for minutes in memory only: the nonce, the key that opens the answer and the answer's claims
/// are never stored. Three ids with three readers: the transaction id is the asking browser's, the request id is in the QR, the
/// response code goes back through the wallet's device.
/// </summary>
public sealed class Presentation : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ECDiffieHellman? _key;
    private PresentationState _state = new PresentationState.Created();

    /// <summary>Makes a request with fresh ids, nonce, state and encryption key.</summary>
    public Presentation(AskingIdentity asker, Question question, JsonObject dcql, DcqlQuery query, Flow flow, ResponseMode mode, SessionId session, long createdTicks, DateTimeOffset expiresAt)
    {
        (Asker, Question, Dcql, Query, Flow, Mode, Session, CreatedTicks, ExpiresAt) = (asker, question, dcql, query, flow, mode, session, createdTicks, expiresAt);
        if (mode == ResponseMode.DirectPostJwt)
        {
            _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            EncryptionJwk = Jwk.From(_key) with { Kid = Token.New(16), Alg = "ECDH-ES", Use = "enc" };
        }
    }

    /// <summary>The secret of the asking browser; never shown to a wallet.</summary>
    public string TransactionId { get; } = Token.New(32);

    /// <summary>Stands in request_uri and response_uri.</summary>
    public string RequestId { get; } = Token.New(16);

    /// <summary>What the holder's proof must contain.</summary>
    public string Nonce { get; } = Token.New(32);

    /// <summary>Returned by the wallet.</summary>
    public string State { get; } = Token.New(16);

    /// <summary>Returned by the same-device browser.</summary>
    public string ResponseCode { get; } = Token.New(32);

    /// <summary>Who asks.</summary>
    public AskingIdentity Asker { get; }

    /// <summary>What is asked.</summary>
    public Question Question { get; }

    /// <summary>The query as sent.</summary>
    public JsonObject Dcql { get; }

    /// <summary>The query as re-checked.</summary>
    public DcqlQuery Query { get; }

    /// <summary>Where the wallet is.</summary>
    public Flow Flow { get; }

    /// <summary>How it answers.</summary>
    public ResponseMode Mode { get; }

    /// <summary>The browser that asked.</summary>
    public SessionId Session { get; }

    /// <summary>Monotonic time of creation.</summary>
    public long CreatedTicks { get; }

    /// <summary>Wall-clock end, for display.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>The key to encrypt the answer to; null where answers come in clear.</summary>
    public Jwk? EncryptionJwk { get; }

    /// <summary>Where it stands now.</summary>
    public PresentationState Current { get { lock (_gate) return _state; } }

    /// <summary>The private key for a JWE's <c>kid</c>; null for any other.</summary>
    public ECDiffieHellman? KeyFor(string? kid) => _key is not null && EncryptionJwk is not null && Token.Same(kid, EncryptionJwk.Kid!) ? _key : null;

    /// <summary>A wallet fetches the request; it may do so again. False once an answer has come.</summary>
    public bool TryFetch() => Step(state => state is PresentationState.Created or PresentationState.Fetched, new PresentationState.Fetched());

    /// <summary>Claims the one answer: of two at once, one wins. A signed request must have been fetched, else nobody can know its nonce.</summary>
    public bool TryBeginAnswer(bool fetchNeeded) =>
        Step(state => state is PresentationState.Fetched || (!fetchNeeded && state is PresentationState.Created), new PresentationState.Answering());

    /// <summary>Ends the answering that this caller began.</summary>
    public void Complete(PresentationState end)
    {
        if (!Step(state => state is PresentationState.Answering, end)) throw new InvalidOperationException("Only an answer being checked can be completed.");
    }

    /// <summary>Forgets the key that opens answers.</summary>
    public void Dispose() => _key?.Dispose();

    private bool Step(Func<PresentationState, bool> from, PresentationState to)
    {
        lock (_gate)
        {
            if (!from(_state)) return false;
            _state = to;
            return true;
        }
    }
}
