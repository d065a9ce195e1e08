using System.Net;
using Identity.Hosting;

namespace Identity.Wallet.Recovery;

/// <summary>The page behind the link of a notice. Opening it does nothing, since mail programs open links by themselves; its button stops the recovery.</summary>
internal static class StopPage
{
    /// <summary>Asks.</summary>
    public static IResult Ask(HttpContext http)
    {
        var texts = Strings.Pick(http);
        return Page(texts, $"<p>{Text(texts, "stop.lead")}</p><form method=\"post\"><button type=\"submit\" id=\"stop\">{Text(texts, "stop.yes")}</button></form><p>{Text(texts, "stop.no")}</p>");
    }

    /// <summary>Says what came of it.</summary>
    public static IResult Say(HttpContext http, RecoveryStep step)
    {
        var texts = Strings.Pick(http);
        var key = step switch { RecoveryStep.Taken => "stop.done", RecoveryStep.Refused { Code: "decided" } => "stop.desk", _ => "stop.ended" };
        return Page(texts, $"<p id=\"outcome\">{Text(texts, key)}</p>");
    }

    private static IResult Page(Strings texts, string body) => Results.Content(
        $"<!doctype html><html lang=\"{texts.Language}\" dir=\"{texts.Direction}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Text(texts, "stop.title")}</title></head><body><main><h1>{Text(texts, "stop.title")}</h1>{body}</main></body></html>",
        "text/html; charset=utf-8");

    private static string Text(Strings texts, string key) => WebUtility.HtmlEncode(texts[$"messages.{key}"]);
}
