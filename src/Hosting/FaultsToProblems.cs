using System.Text.Json;
using Identity.Hosting.Hsm;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Identity.Hosting;

/// <summary>Turns the few exceptions that mean something to a client into problem details: a lost race, a body that cannot be read, a database that cannot serve now.</summary>
internal sealed partial class FaultsToProblems(IProblemDetailsService problems, ILogger<FaultsToProblems> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception fault, CancellationToken cancellationToken)
    {
        var trouble = DatabaseTroubles.Of(fault);
        var (status, title, detail) = fault switch
        {
            BadHttpRequestException { StatusCode: 413 } => (413, "Too large", "The request is larger than this endpoint accepts."),
            BadHttpRequestException { InnerException: JsonException json } => (400, "Malformed JSON", $"The body is not the JSON object expected here (line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1}, member {json.Path})."),
            BadHttpRequestException { StatusCode: 415 } => (415, "Not JSON", "Send the body as JSON (Content-Type: application/json)."),
            // An empty body, or the JSON null, where something is expected: the framework names the parameter of a method, which means nothing to a client.
            BadHttpRequestException { StatusCode: 400 } bad when bad.Message.Contains("body", StringComparison.Ordinal) => (400, "Body needed", "The body is empty or null. Send the JSON object that this endpoint describes."),
            BadHttpRequestException bad => (bad.StatusCode, "Bad request", "The request cannot be read: look at its address, its parameters and its headers."),
            DbUpdateConcurrencyException => (409, "Changed meanwhile", "Somebody changed this record at the same moment. Load it again and repeat the step."),
            HsmException { Passing: false } => (500, "Signing key unusable", "The token that holds this service's signing key refuses it: its operator has to look. Nothing was issued."),
            HsmException => (503, "Signing key away", "The token that holds this service's signing key does not answer at the moment. Nothing was issued; try again later."),
            _ => OfDatabase(trouble),
        };
        if (status == 503) http.Response.Headers.RetryAfter = trouble is DatabaseTrouble.Busy ? "2" : "30";
        if (status is 500 || fault is HsmException || trouble is DatabaseTrouble.CannotStore or DatabaseTrouble.Away) LogFault(log, http.Request.Method, (http.GetEndpoint()?.DisplayName) ?? "unmatched", fault);

        http.Response.StatusCode = status;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = http,
            ProblemDetails = { Status = status, Title = title, Detail = detail },
        });
    }

    private static (int Status, string Title, string Detail) OfDatabase(DatabaseTrouble trouble) => trouble switch
    {
        DatabaseTrouble.Busy => (503, "Busy", "The database is busy with another task. Nothing was stored; try again in a moment."),
        DatabaseTrouble.Duplicate => (409, "Changed meanwhile", "Somebody did the same at the same moment. Look again before you repeat the step."),
        DatabaseTrouble.CannotStore => (503, "Cannot store", "This service can store nothing at the moment; its operator has to make room. Nothing was stored; try again later."),
        DatabaseTrouble.Away => (503, "Database away", "This service cannot reach its database at the moment. Nothing was stored; try again later."),
        DatabaseTrouble.BadText => (400, "Bad request", "A text holds a character that cannot be stored (U+0000)."),
        _ => (500, "Fault", "Something broke on our side. Nothing was half-written; try again."),
    };

    // The route, never the path: a path can hold an identifier.
    [LoggerMessage(Level = LogLevel.Error, Message = "Fault in {Method} {Route}")]
    private static partial void LogFault(ILogger log, string method, string route, Exception fault);
}
