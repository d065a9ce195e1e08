using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Identity.Issuer.Staff;

namespace Identity.Issuer.Closing;

/// <summary>Metadata of what may still be sent for an organisation that closes or is closed.</summary>
internal sealed record StaysOpen;

/// <summary>
/// Nothing is issued or changed for an organisation that closes: whatever is sent is refused here with 409 and the reason, unless its endpoint says otherwise
/// (<see cref="StaysOpen"/>), so that what somebody adds later under <c>/{org}</c>, <c>/api/{org}</c> or <c>/console</c> is closed too; an address that names no organisation is not. The transactions that sign ask again.
/// </summary>
internal static class ClosedGate
{
    public static void UseClosedGate(this WebApplication app) => app.Use(async (http, next) =>
    {
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || HttpMethods.IsOptions(http.Request.Method) || http.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<StaysOpen>() is not null)
        {
            await next(http);
            return;
        }
        var atConsole = http.Request.Path.StartsWithSegments("/console");
        var slug = atConsole ? http.User.FindFirst(StaffPrincipal.OrganisationClaim)?.Value : http.GetRouteValue("org") as string;
        if (http.RequestServices.GetRequiredService<OrganisationDirectory>().Find(slug) is not { } organisation || !await http.RequestServices.GetRequiredService<IssuerDb>().IsClosingAsync(organisation.Slug, http.RequestAborted))
        {
            await next(http);
            return;
        }
        if (atConsole) http.Response.Redirect("/console/closed");
        else await Results.Problem($"{organisation.Name} is closing or closed: it issues and changes nothing any more. What it issued before stays good; /{organisation.Slug}/status has its last status lists.", statusCode: 409, title: "Organisation closed").ExecuteAsync(http);
    });
}
