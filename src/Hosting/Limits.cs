using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Identity.Hosting.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Hosting;

/// <summary>Rate limits, counted per client address and route. Over the limit: 429 with <c>Retry-After</c>; a person at a page reads it in their language.</summary>
public static class Limits
{
    /// <summary>Endpoints where a secret could be guessed: 30 requests a minute, or the setting <c>Limits:Secrets</c>.</summary>
    public const string Secrets = "secrets";

    /// <summary>Work a stranger can cause: 120 requests a minute, or the setting <c>Limits:Work</c>.</summary>
    public const string Work = "work";

    /// <summary>Work for which this service asks other machines: 10 requests a minute, or the setting <c>Limits:Fetches</c>.</summary>
    public const string Fetches = "fetches";

    internal static void Configure(RateLimiterOptions limiter)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = async (context, ct) =>
        {
            var seconds = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 60;
            context.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            if (TooManyTries.IsForPerson(context.HttpContext)) await TooManyTries.WriteAsync(context.HttpContext, seconds, ct);
            else await Results.Problem(statusCode: 429, title: "Too many requests", detail: "Wait a little, then try again.").ExecuteAsync(context.HttpContext);
        };
        limiter.AddPolicy(Secrets, http => PerClient(http, Secrets, 30));
        limiter.AddPolicy(Work, http => PerClient(http, Work, 120));
        limiter.AddPolicy(Fetches, http => PerClient(http, Fetches, 10));
    }

    /// <summary>Who counts as one client: an IPv4 address, or a /64 of IPv6, which is the least that anybody has and all of it free to use.</summary>
    internal static string Client(IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        return new IPAddress([.. address.GetAddressBytes()[..8], .. new byte[8]]).ToString();
    }

    private static RateLimitPartition<string> PerClient(HttpContext http, string policy, int fallback)
    {
        var route = (http.GetEndpoint() as Microsoft.AspNetCore.Routing.RouteEndpoint)?.RoutePattern.RawText;
        var perMinute = http.RequestServices.GetRequiredService<IConfiguration>().GetValue($"Limits:{policy}", fallback);
        return RateLimitPartition.GetFixedWindowLimiter($"{policy}|{Client(http.Connection.RemoteIpAddress)}|{route}",
            _ => new FixedWindowRateLimiterOptions { PermitLimit = perMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 });
    }
}
