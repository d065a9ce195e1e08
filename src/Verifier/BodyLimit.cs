using Microsoft.AspNetCore.Http.Metadata;

namespace Identity.Verifier;

/// <summary>The most bytes a body may have at an endpoint; more is 413.</summary>
public sealed class BodyLimit(long bytes) : IRequestSizeLimitMetadata
{
    /// <inheritdoc/>
    public long? MaxRequestBodySize { get; } = bytes;
}
