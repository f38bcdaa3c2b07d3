using System.Diagnostics;
using System.Text.Json;
using JasperFx;
using JasperFx.Events;
using Marten.Exceptions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CsPlatform.ServiceDefaults;

/// <summary>Every error answer is problem details (RFC 9457) with a stable type and the trace id.</summary>
public static partial class Refusals
{
    internal static void AddRefusals(this IServiceCollection services)
    {
        services.AddProblemDetails(o => o.CustomizeProblemDetails = context =>
        {
            var problem = context.ProblemDetails;
            var code = problem.Extensions.TryGetValue("code", out var known) ? known as string : CodeOf(problem.Status);
            problem.Type = $"urn:csplatform:problem:{code}";
            problem.Extensions["code"] = code;
            problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
        });
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true); // so that the answer says why, outside Development too
        services.AddExceptionHandler<Handler>();
    }

    /// <summary>
    /// True where the database or the broker is away, full, read-only or too slow for now, so that the same call may
    /// succeed later.
    /// </summary>
    /// <param name="exception">Any exception; inner ones are looked at too.</param>
    public static bool IsOutage(Exception exception) => exception switch
    {
        PostgresException { InvariantSeverity: "FATAL" or "PANIC" } => true, // the server ended the connection, or let none be made
        PostgresException e => e.SqlState is ['0', '8', ..] or ['5', '3', ..] or ['5', '7', ..] or ['5', '8', ..] or "25006",
        NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException => true,
        RabbitMQ.Client.Exceptions.OperationInterruptedException => true,
        // A statement that failed while it was prepared is misread at its next use on that connection, which Npgsql then
        // closes with an exception of this very type (npgsql/npgsql#6391).
        { Source: nameof(Npgsql) } when exception.GetType() == typeof(Exception) => true,
        { InnerException: { } inner } => IsOutage(inner),
        _ => false,
    };

    /// <summary>True where another writer was first: reading again and deciding anew is safe.</summary>
    /// <param name="exception">Any exception of a transaction or of a Marten append.</param>
    public static bool IsAppendRace(Exception exception) => exception switch
    {
        AggregateException e => e.InnerExceptions.Any(IsAppendRace), // Marten joins the faults of a batch
        ConcurrencyException or EventStreamUnexpectedMaxEventIdException
            or Marten.Exceptions.ExistingStreamIdCollisionException or JasperFx.Events.ExistingStreamIdCollisionException
            or MartenCommandException { InnerException: PostgresException { SqlState: "23505" or "40P01" } } => true,
        // The database rolled it back for others' sake; the first is Marten's name of the second.
        ConcurrentUpdateException or PostgresException { SqlState: "40001" or "40P01" } => true,
        _ => false,
    };

    private static string CodeOf(int? status) => status switch
    {
        400 => "invalid",
        401 => "unauthenticated",
        403 => "forbidden",
        404 => "not-found",
        405 => "method-not-allowed",
        408 => "request-timeout",
        412 => "version-changed",
        413 => "request-too-large",
        415 => "content-type-unsupported",
        429 => "too-many-requests",
        503 => "unavailable",
        null or 500 => "internal",
        _ => $"http-{status}",
    };

    private static ProblemDetails Problem(Exception exception) => exception switch
    {
        RefusedException e => new ProblemDetails
        {
            Status = e.Status,
            Title = "Refused",
            Detail = e.Message,
            Extensions = e.Errors.Count == 0
                ? new Dictionary<string, object?> { ["code"] = e.Code }
                : new Dictionary<string, object?> { ["code"] = e.Code, ["errors"] = e.Errors },
        },
        BadHttpRequestException e => new ProblemDetails
        {
            Status = e.StatusCode,
            Title = "The request cannot be read",
            Detail = e.InnerException is JsonException json ? json.Message : WithoutValue(e.Message),
        },
        JsonException e => new ProblemDetails { Status = 400, Title = "The body is not valid JSON", Detail = e.Message },
        _ when IsAppendRace(exception) => new ProblemDetails
        {
            Status = 412,
            Title = "Changed meanwhile",
            Detail = "Another change came first. Read again, then repeat with the new ETag.",
        },
        _ when IsOutage(exception) => new ProblemDetails
        {
            Status = 503,
            Title = "Not available now",
            Detail = "A part that this answer needs is away. Repeat the call later: one that carries its own id takes effect once.",
        },
        _ => new ProblemDetails
        {
            Status = 500,
            Title = "Unexpected",
            Detail = "The error is logged under the trace id.",
        },
    };

    /// <summary>The framework repeats the value of a parameter that it cannot read, which may be a person's or a secret.</summary>
    private static string WithoutValue(string message) =>
        message.IndexOf("\" from \"", StringComparison.Ordinal) is > 0 and var at ? message[..(at + 1)] + "." : message;

    private sealed partial class Handler(IProblemDetailsService problems, ILogger<Handler> log) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception exception, CancellationToken cancellationToken)
        {
            if (exception is OperationCanceledException && http.RequestAborted.IsCancellationRequested)
                return true;

            var problem = Problem(exception);
            if (problem.Status >= 500)
                LogFailed(exception, http.Request.Method, http.Request.Path);
            if (problem.Status == 503)
                http.Response.Headers.RetryAfter = "5";
            http.Response.StatusCode = problem.Status!.Value;
            return await problems.TryWriteAsync(new() { HttpContext = http, ProblemDetails = problem, Exception = exception });
        }

        [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
        private partial void LogFailed(Exception exception, string method, string path);
    }
}
