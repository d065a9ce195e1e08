using Identity.Hosting;
using Identity.Hosting.Pages;
using Identity.Issuer.Data;
using Identity.Issuer.Staff;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApplicationModels;

namespace Identity.Issuer.Console;

/// <summary>The pages for staff, under <c>/console</c>.</summary>
internal static class ConsolePages
{
    // Which policy guards which page. A test walks all of them in every role.
    private static readonly (string Page, string Policy)[] Guards =
    [
        ("/Index", Policies.Records), ("/Detail", Policies.Records),
        ("/ChooseType", Policies.Clerk), ("/Issue", Policies.Clerk), ("/Offer", Policies.Clerk), ("/Paper", Policies.Clerk), ("/Change", Policies.Clerk), ("/Correct", Policies.Clerk),
        ("/Approvals", Policies.Approver), ("/Approve", Policies.Approver), ("/ApproveFile", Policies.Approver),
        ("/Recognition", Policies.Clerk), ("/RecognitionCase", Policies.Clerk),
        ("/Bulk", Policies.Clerk), ("/BulkJob", Policies.Clerk), ("/BulkLetters", Policies.Clerk), ("/Keys", Policies.Admin), ("/StolenKey", Policies.Admin),
        ("/Accreditations", Policies.Admin), ("/WithdrawAccreditation", Policies.Admin), ("/History", Policies.Oversight), ("/Monitor", Policies.Oversight),
        ("/Closing", Policies.Admin), ("/ApproveClosing", Policies.Approver), ("/Closed", Policies.Account), ("/Export", Policies.Admin),
        ("/Deposits", Policies.Account), ("/DepositRecords", Policies.Records), ("/DepositRecord", Policies.Records),
        ("/Staff", Policies.Oversight), ("/StaffNew", Policies.Admin), ("/StaffMember", Policies.Admin), ("/Settings", Policies.Admin), ("/Programs", Policies.Admin),
        ("/AccessLog", Policies.Log),
        ("/Account", Policies.Account), ("/SignOut", Policies.Account), ("/NotAllowed", Policies.Account), ("/Unknown", Policies.Account),
    ];

    // Where something may still be done for an organisation that closes.
    private static readonly string[] Open = ["/StolenKey", "/Monitor", "/WithdrawAccreditation", "/Closing", "/ApproveClosing", "/Export", "/Staff", "/StaffNew", "/StaffMember", "/Settings", "/Account", "/SignOut", "/AccessLog"];

    /// <summary>Registers what the pages need.</summary>
    public static void AddConsole(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddRazorPages(pages =>
        {
            pages.RootDirectory = "/"; // the holder's page lies beside the authorization server
            // A page that somebody forgets here is closed to everybody but administrators.
            pages.Conventions.AddFolderApplicationModelConvention("/Console", page =>
            {
                var name = page.ViewEnginePath["/Console".Length..];
                if (name == "/SignIn") return;
                page.EndpointMetadata.Add(new AuthorizeAttribute(Guards.FirstOrDefault(g => g.Page == name).Policy ?? Policies.Admin));
                if (Open.Contains(name)) page.EndpointMetadata.Add(new Closing.StaysOpen());
            });
            pages.Conventions.AddStaffFilters("/Console/Expired.cshtml");
        });
        Policies.Add(services);
        services.AddHttpContextAccessor().AddScoped<Desk>().AddScoped<StaffNames>().AddScoped<SearchMemory>().AddScoped<CopyProgress>();
        services.AddStaffForms("identity-issuer-form", "/console/identity.css", "/console/console.css");
    }

    /// <summary>Maps the pages, their files and what their script asks.</summary>
    public static void MapConsole(this WebApplication app)
    {
        app.MapRazorPages();
        app.MapEmbeddedAssets(typeof(ConsolePages).Assembly);
        app.MapGet("/", () => Results.Redirect("/console")).ExcludeFromDescription();
        app.MapGet("/console/credentials/{id}/mark", async (string id, Desk desk, CopyProgress progress, CancellationToken ct) =>
            await progress.MarkAsync(desk.Organisation, id, ct) is { } mark ? Results.Json(new { mark }) : Results.NotFound())
            .RequireAuthorization(Policies.Records).ExcludeFromDescription();
        app.MapGet("/console/bulk/{id}/mark", async (string id, Desk desk, Bulk.BulkDesk bulk, CancellationToken ct) =>
            await bulk.FindAsync(desk.Organisation, id, ct) is { } job ? Results.Json(new { mark = BulkJobModel.MarkOf(job) }) : Results.NotFound())
            .RequireAuthorization(Policies.Clerk).ExcludeFromDescription();
        app.MapGet("/console/recognition/{id}/mark", async (string id, Desk desk, Recognition.EvaluateQualification evaluate, CancellationToken ct) =>
            desk.Evaluates && await evaluate.StateAsync(desk.Organisation, id, ct) is { } state ? Results.Json(new { mark = state.ToString() }) : Results.NotFound())
            .RequireAuthorization(Policies.Clerk).ExcludeFromDescription();
        app.MapGet("/console/closing/mark", async (Desk desk, Closing.AskClosing closings, CancellationToken ct) =>
            Results.Json(new { mark = ClosingModel.MarkOf(await closings.FindAsync(desk.Organisation, ct)) }))
            .RequireAuthorization(Policies.Admin).ExcludeFromDescription();
        app.MapGet("/console/export/mark", async (Desk desk, Exports.ExportDesk exports, CancellationToken ct) =>
            Results.Json(new { mark = ExportModel.MarkOf(await exports.FindAsync(desk.Organisation, ct)) }))
            .RequireAuthorization(Policies.Admin).ExcludeFromDescription();
        app.MapGet("/console/keys/mark", async (Desk desk, Keys.RotateKeys keys, CancellationToken ct) =>
            Results.Json(new { mark = KeysModel.MarkOf(await keys.ListAsync(desk.Organisation, ct)) }))
            .RequireAuthorization(Policies.Admin).ExcludeFromDescription();
    }
}
