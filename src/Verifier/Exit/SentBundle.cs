using System.Net.Mime;

namespace Identity.Verifier.Exit;

/// <summary>A bundle on its way to whoever asked. Who reads it more slowly than <see cref="LeastRate"/> is dropped: until the end it lies in memory.</summary>
/// <param name="file">Its bytes.</param>
/// <param name="name">As it is stored under.</param>
/// <param name="clock">Measures the reader.</param>
/// <param name="ended">Called once, when it is sent or its reader gone.</param>
public sealed class SentBundle(byte[] file, string name, TimeProvider clock, Action ended) : IResult
{
    /// <summary>Media type of a bundle.</summary>
    public const string MediaType = "application/zip";

    /// <summary>Bytes a second.</summary>
    public const int LeastRate = 16 * 1024;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var limit = new CancellationTokenSource(Grace + TimeSpan.FromSeconds(file.Length / LeastRate), clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, limit.Token);
        try
        {
            (httpContext.Response.ContentType, httpContext.Response.ContentLength) = (MediaType, file.Length);
            httpContext.Response.Headers.ContentDisposition = new ContentDisposition { FileName = name }.ToString();
            await httpContext.Response.Body.WriteAsync(file, end.Token);
        }
        catch (OperationCanceledException)
        {
            httpContext.Abort();
        }
        finally
        {
            ended();
        }
    }
}
