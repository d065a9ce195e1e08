namespace Identity.Ledger.Anchoring;

/// <summary>The HTTP client for our own node, named in the settings: it may be on a private address, so the outbound guard is not for it.</summary>
internal sealed class ChainHttp : IDisposable
{
    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }); // the node named, not one it names

    public void Dispose() => Client.Dispose();
}
