using System.Text;
using Identity.Host.Seed;
using Identity.Journeys.Tests.Browser;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Tour;

/// <summary>At the console: many credentials from one file, the signing keys, and everything that was issued as one file.</summary>
internal static class FilesAndKeysTour
{
    public static async Task PlayAsync(Surroundings surroundings, string language, Stop stop)
    {
        await FilesAsync(surroundings, language, stop);
        await ApproveAsync(surroundings, language, stop);
        await KeysAsync(surroundings, language, stop);
        await ExportAsync(surroundings, language, stop);
    }

    // Everything that the college issued, as one file. The ledger may have a proof of it only a moment after something was signed.
    private static async Task ExportAsync(Surroundings surroundings, string language, Stop stop)
    {
        var page = await surroundings.SignedInAsync(Cast.College, language, 360, 640, "admin");
        await page.GotoAsync($"{surroundings.Options.IssuerUrl}/console/export");
        for (var tries = 0; tries == 0 || (tries < 60 && await page.Locator("[data-problem=no_receipt]").CountAsync() > 0); tries++)
        {
            await page.RunAndWaitForResponseAsync(() => page.GetByTestId("ask").ClickAsync(), answer => answer.Request.Method == "GET" && answer.Url.EndsWith("/console/export", StringComparison.Ordinal));
            await Assertions.Expect(page.GetByTestId("ask")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        }
        await Assertions.Expect(page.GetByTestId("state")).ToHaveCountAsync(0);
        await stop(page, "export-made");
        var file = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("download").ClickAsync());
        Assert.EndsWith(".idexit", file.SuggestedFilename, StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }

    private static async Task FilesAsync(Surroundings surroundings, string language, Stop stop)
    {
        var page = await surroundings.SignedInAsync(Cast.Agency, language, 360, 640);
        await page.GetByTestId("bulk").ClickAsync();
        await Assertions.Expect(page.GetByTestId("upload")).ToBeVisibleAsync();
        await stop(page, "files");
        await page.GetByTestId("upload").ClickAsync();
        await Assertions.Expect(page.GetByTestId("problem")).ToBeVisibleAsync();
        await stop(page, "file-missing");
        await UploadAsync(page, "diplomas-2024.csv", language, "28.06.2024");
        await Assertions.Expect(page.GetByTestId("bulk-error")).ToHaveCountAsync(1);
        await stop(page, "file-errors");
        await page.GetByTestId("again").ClickAsync();
        await UploadAsync(page, "diplomas-2024-corrected.csv", language, "2024-06-28");
        await Assertions.Expect(page.GetByTestId("start")).ToBeVisibleAsync();
        await stop(page, "file-ready");
        await page.GetByTestId("start").ClickAsync();
        await Assertions.Expect(page.GetByTestId("state")).ToHaveAttributeAsync("data-state", "done");
        await stop(page, "file-done");
        var done = page.Url;
        foreach (var kind in new[] { "letters", "slips" })
        {
            await page.GotoAsync($"{new Uri(done).GetLeftPart(UriPartial.Path)}/{kind}");
            await Assertions.Expect(page.GetByTestId("letter")).ToHaveCountAsync(3);
            await stop(page, kind);
        }
        await page.Context.CloseAsync();
    }

    // A whole file that needs a second person.
    private static async Task ApproveAsync(Surroundings surroundings, string language, Stop stop)
    {
        var clerk = await surroundings.SignedInAsync(Cast.Interior, language, 360, 640);
        await clerk.GetByTestId("bulk").ClickAsync();
        var rows = string.Concat(Enumerable.Range(1, 3).Select(i => $"{Guid.NewGuid().ToString("n")[..6]}-{language};Person {i};document-checked;XT\r\n"));
        await UploadAsync(clerk, "people.csv", $"reference;full_name;assurance;issuing_country\r\n{rows}");
        await clerk.GetByTestId("start").ClickAsync();
        await Assertions.Expect(clerk.GetByTestId("state")).ToHaveAttributeAsync("data-state", "awaitingapproval");
        await stop(clerk, "file-waits");
        await clerk.Context.CloseAsync();

        var approver = await surroundings.SignedInAsync(Cast.Interior, language, 360, 640, "approver");
        await approver.GetByTestId("nav-approvals").ClickAsync();
        await Assertions.Expect(approver.GetByTestId("approval-file").First).ToBeVisibleAsync();
        await stop(approver, "approvals");
        await approver.GetByTestId("approval-file").First.ClickAsync();
        await approver.GetByTestId("row").First.ClickAsync();
        await approver.GetByTestId("return").ClickAsync();
        await Assertions.Expect(approver.GetByTestId("error-reason")).ToBeVisibleAsync();
        await stop(approver, "file-approval");
        await approver.GetByTestId("approve").ClickAsync();
        await Assertions.Expect(approver).ToHaveURLAsync($"{surroundings.Options.IssuerUrl}/console/approvals");
        await approver.Context.CloseAsync();
    }

    private static async Task KeysAsync(Surroundings surroundings, string language, Stop stop)
    {
        var page = await surroundings.SignedInAsync(Cast.Agency, language, 360, 640, "admin");
        await page.GotoAsync($"{surroundings.Options.IssuerUrl}/console/keys");
        await page.GetByTestId("rotate").ClickAsync();
        await Assertions.Expect(page.GetByTestId("error-word")).ToBeVisibleAsync();
        await stop(page, "keys-error");
        if (await page.GetByTestId("key").CountAsync() == 1)
        {
            await page.GetByTestId("word").FillAsync(Cast.Agency);
            await page.GetByTestId("rotate").ClickAsync();
            await Assertions.Expect(page.GetByTestId("key")).ToHaveCountAsync(2);
        }
        await Assertions.Expect(page.GetByTestId("key").Last).ToHaveAttributeAsync("data-state", "retired", new() { Timeout = 90_000 });
        await page.GotoAsync($"{surroundings.Options.IssuerUrl}/console/keys");
        await stop(page, "keys");
        await page.GetByTestId("stolen").First.ClickAsync();
        await page.GetByTestId("show").ClickAsync();
        await Assertions.Expect(page.GetByTestId("error-since")).ToBeVisibleAsync();
        await stop(page, "stolen-error");
        await page.GetByTestId("since").FillAsync(Surroundings.InField(DateTimeOffset.UtcNow));
        await page.GetByTestId("show").ClickAsync();
        await Assertions.Expect(page.GetByTestId("follows")).ToBeVisibleAsync();
        await stop(page, "stolen");
        await page.Context.CloseAsync();
    }

    private static async Task UploadAsync(IPage page, string file, string language, string date)
    {
        var text = new StringBuilder("reference;holder_name;title;kind;awarded_on;awarding_body;awarding_country;origin\r\n");
        for (var i = 0; i < 3; i++) text.Append($"{Guid.NewGuid().ToString("n")[..6]}-{language};Person {i};Diploma in Welding;diploma;{(i == 1 ? date : "2024-06-28")};Port Selin Technical College;XT;original\r\n");
        await page.GetByTestId("type").SelectOptionAsync("qualification");
        await UploadAsync(page, file, text.ToString());
    }

    private static async Task UploadAsync(IPage page, string file, string text)
    {
        await page.GetByTestId("file").SetInputFilesAsync(new FilePayload { Name = file, MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(text) });
        await page.GetByTestId("upload").ClickAsync();
    }
}
