using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Management;

/// <summary>Who calls the API, and for which organisation.</summary>
internal sealed record ApiCaller(Organisation Organisation, Actor Actor);

/// <summary>Lets a request through when its <c>X-Api-Key</c> acts for the organisation in the path.</summary>
internal sealed class ApiKeyFilter(IssuerDb db, OrganisationDirectory organisations) : IEndpointFilter
{
    public const string Header = "X-Api-Key";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.Request.Headers[Header] is not [{ Length: > 0 and <= 200 } sent])
            return TypedResults.Problem($"Send your key in the header {Header}.", statusCode: 401, title: "API key needed");
        var hash = ApiKeys.Hash(sent);
        var key = await db.ApiKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Hash == hash && k.WithdrawnAt == null, http.RequestAborted);
        if (key is null) return TypedResults.Problem("The API key is unknown or withdrawn.", statusCode: 401, title: "API key not valid");
        // The same answer for a foreign organisation and for one that does not exist.
        if (key.Organisation != http.GetRouteValue("org") as string || organisations.Find(key.Organisation) is not { } organisation)
            return TypedResults.Problem("The API key acts for another organisation.", statusCode: 403, title: "Not your organisation");
        var needed = http.GetEndpoint()?.Metadata.GetMetadata<NeedsRole>() ?? throw new InvalidOperationException("The endpoint names no role.");
        if ((key.Roles & needed.AnyOf) == 0)
            return TypedResults.Problem($"The API key lacks the role for this: {string.Join(" or ", StaffAccounts.RoleNames(needed.AnyOf))}.", statusCode: 403, title: "Role needed");
        http.Features.Set(new ApiCaller(organisation, Actor.Api(key.Number, key.Roles)));
        return await next(context);
    }
}

/// <summary>Metadata of an endpoint of the API: a key needs one of these roles.</summary>
internal sealed record NeedsRole(StaffRoles AnyOf);

/// <summary>API keys.</summary>
internal static class ApiKeys
{
    /// <summary>A new key: a name that secret scanners can look for, and 32 random bytes.</summary>
    public static string Create() => "identity_api_" + Base64Url.Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is stored. A plain hash is enough for 256 random bits.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Adds a key to the unit of work; the caller saves.</summary>
    /// <returns>Its number.</returns>
    public static async Task<int> AddAsync(IssuerDb db, string key, string organisation, string label, StaffRoles roles, DateTimeOffset now, CancellationToken ct = default)
    {
        var stored = await db.ApiKeys.Where(k => k.Organisation == organisation).MaxAsync(k => (int?)k.Number, ct) ?? 0;
        var waiting = db.ApiKeys.Local.Where(k => k.Organisation == organisation).Select(k => k.Number).DefaultIfEmpty().Max();
        var number = Math.Max(stored, waiting) + 1;
        db.ApiKeys.Add(new ApiKey { Hash = Hash(key), Organisation = organisation, Label = label, Roles = roles, Number = number, CreatedAt = now });
        return number;
    }

    /// <summary>The caller that <see cref="ApiKeyFilter"/> let through.</summary>
    public static ApiCaller Caller(this HttpContext http) => http.Features.Get<ApiCaller>() ?? throw new InvalidOperationException("The endpoint lacks ApiKeyFilter.");
}
