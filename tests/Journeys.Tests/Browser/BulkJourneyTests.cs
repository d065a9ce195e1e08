using System.Text;
using Identity.Host.Seed;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class BulkJourneyTests(Surroundings surroundings)
{
    [Theory, InlineData("en", 1280, 800), InlineData("ar", 360, 640)]
    public async Task A_clerk_uploads_a_file_corrects_it_issues_two_hundred_rows_and_downloads_both_lists(string language, int width, int height)
    {
        var page = await surroundings.SignedInAsync(Cast.College, language, width, height);
        await page.GetByTestId("bulk").ClickAsync();
        await Assertions.Expect(page.GetByTestId("upload")).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(page, $"console, many from one file, {language}");
        await page.GetByTestId("type").SelectOptionAsync("qualification");
        await page.GetByTestId("file").SetInputFilesAsync(File(language, "28.06.2024"));
        await page.GetByTestId("upload").ClickAsync();

        var error = page.GetByTestId("bulk-error");
        await Assertions.Expect(error).ToHaveCountAsync(1);
        await Assertions.Expect(error).ToHaveAttributeAsync("data-code", "date_reordered");
        await Assertions.Expect(error.Locator("td").First).ToHaveTextAsync("43");
        await Axe.FindsNothingAsync(page, $"console, file with an error, {language}");
        await page.GetByTestId("again").ClickAsync();

        await page.GetByTestId("type").SelectOptionAsync("qualification");
        await page.GetByTestId("file").SetInputFilesAsync(File(language, "2024-06-28"));
        await page.GetByTestId("upload").ClickAsync();
        await Assertions.Expect(page.GetByTestId("start")).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(page, $"console, file that is right, {language}");
        await page.GetByTestId("start").ClickAsync();
        await Assertions.Expect(page.GetByTestId("state")).ToHaveAttributeAsync("data-state", "done");

        var offers = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("offers-csv").ClickAsync());
        var codes = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("codes-csv").ClickAsync());
        Assert.Equal(201, (await System.IO.File.ReadAllLinesAsync(await offers.PathAsync())).Length);
        Assert.Equal(201, (await System.IO.File.ReadAllLinesAsync(await codes.PathAsync())).Length);
        await Axe.FindsNothingAsync(page, $"console, file that is issued, {language}");
        await page.GetByTestId("letters").ClickAsync();
        await Assertions.Expect(page.GetByTestId("letter")).ToHaveCountAsync(100);
    }

    private static FilePayload File(string language, string date)
    {
        var text = new StringBuilder("reference;holder_name;title;kind;awarded_on;awarding_body;awarding_country;origin\r\n");
        for (var i = 0; i < 200; i++) text.Append($"BULK-{language}-{i};Person {i};Diploma in Welding;diploma;{(i == 41 ? date : "2024-06-28")};Port Selin Technical College;XT;original\r\n");
        return new FilePayload { Name = "diplomas.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(text.ToString()) };
    }
}
