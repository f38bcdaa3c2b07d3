using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CsPlatform.ServiceDefaults;

/// <summary>Exceptions of a library that mean something to the caller.</summary>
/// <param name="Read">The refusal that an exception amounts to, or null.</param>
public sealed record KnownFaults(Func<Exception, RefusedException?> Read);

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
        // so that the answer says why, outside Development too
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddExceptionHandler<Handler>();
    }

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
            Title = e.Status switch
            {
                412 => "Changed meanwhile",
                503 => "Not available now",
                _ => "Refused",
            },
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
        JsonException e => new ProblemDetails
        {
            Status = 400,
            Title = "The body is not valid JSON",
            Detail = e.Message,
        },
        _ => new ProblemDetails
        {
            Status = 500,
            Title = "Unexpected",
            Detail = "The error is logged under the trace id.",
        },
    };

    /// <summary>
    /// The framework repeats the value of a parameter that it cannot read, which may be a person's or a secret.
    /// </summary>
    private static string WithoutValue(string message) =>
        message.IndexOf("\" from \"", StringComparison.Ordinal) is > 0 and var at ? message[..(at + 1)] + "." : message;

    private sealed partial class Handler(
        IProblemDetailsService problems, IEnumerable<KnownFaults> known, ILogger<Handler> log) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(
            HttpContext http, Exception exception, CancellationToken cancellationToken)
        {
            if (exception is OperationCanceledException && http.RequestAborted.IsCancellationRequested)
                return true;

            var problem = Problem(
                exception is RefusedException or BadHttpRequestException or JsonException
                    ? exception
                    : Meaning(exception) ?? exception);
            if (problem.Status >= 500 && exception is not RefusedException)
                LogFailed(exception, http.Request.Method, http.Request.Path);
            if (problem.Status == 503)
                http.Response.Headers.RetryAfter = "5";
            http.Response.StatusCode = problem.Status!.Value;
            return await problems.TryWriteAsync(
                new() { HttpContext = http, ProblemDetails = problem, Exception = exception });
        }

        /// <summary>What the service says of it goes before what every service says.</summary>
        private RefusedException? Meaning(Exception exception) =>
            known.Reverse().Select(faults => faults.Read(exception)).FirstOrDefault(refusal => refusal is not null);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
        private partial void LogFailed(Exception exception, string method, string path);
    }
}
