using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Security.Claims;
using System.Text.Json;
using CsPlatform.Engagement.Submissions;
using CsPlatform.Engagement.UsageEvents;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace CsPlatform.Engagement.Intake;

/// <summary>Takes usage events over HTTP. A 2xx is given after the commit, never before.</summary>
internal static class PublishEventsEndpoint
{
    private const string Structured = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json";

    public static void MapIntake(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/events", Handle)
        .WithName("PublishEvents")
        .WithSummary("Publish usage events: CloudEvents 1.0, structured, batch or binary")
        .WithDescription(
            "202 when every event is accepted, parked or a repeat; 207 with a result for each when some are refused; "
            + "else the status of the refusal (400, 403, 409, 413), for a batch 400.")
        .WithTags("Usage events")
        .WithMetadata(new DisableRequestSizeLimitAttribute()) // the handler counts, and answers with a code of its own
        .Require(Permissions.PublishUsage)
        .Produces<IntakeAnswer>(StatusCodes.Status202Accepted)
        .Produces<IntakeAnswer>(StatusCodes.Status207MultiStatus)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [Structured] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } },
                    [Batch] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Array } },
                    ["application/json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } },
                },
            };
            return Task.CompletedTask;
        });

    private static async Task<Results<JsonHttpResult<IntakeAnswer>, ProblemHttpResult>> Handle(
        HttpContext http, IntakeWriter writer, UsageLimits limits, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        Submission submission;
        bool isBatch;
        try
        {
            (isBatch, var items) = await Read(http.Request, limits, cancellationToken);
            submission = new Submission(OriginOf(http, clock), CheckSources(items, http.User));
        }
        catch (UsageEventRefusedException refusal)
        {
            return Problem(refusal.Code, refusal.Message, null);
        }

        if (submission.Items.Any(i => i.Event is not null))
            await writer.Write(submission, cancellationToken);
        CrashPoint.Reach("intake-before-reply");

        var answer = IntakeAnswer.Of(submission);
        if (answer.IsNothingTaken)
            return isBatch
                ? Problem("nothing-accepted", "No event of the batch was accepted; each says why.", answer)
                : Problem(answer.Items[0].Code!, answer.Items[0].Detail!, answer);
        return TypedResults.Json(
            answer, statusCode: answer.IsAllTaken ? StatusCodes.Status202Accepted : StatusCodes.Status207MultiStatus);
    }

    /// <exception cref="UsageEventRefusedException">The request as a whole is refused.</exception>
    private static async Task<(bool IsBatch, IReadOnlyList<UsageItem> Items)> Read(
        HttpRequest request, UsageLimits limits, CancellationToken cancellationToken)
    {
        var isBinary = request.Headers.ContainsKey(BinaryMode.Prefix + "specversion");
        var mediaType = MediaType(request);
        if (mediaType is not (Structured or Batch) && !isBinary)
            throw new UsageEventRefusedException(
                IntakeCodes.ContentTypeUnsupported,
                $"Send {Structured}, {Batch}, or an event in binary mode with ce- headers.");

        var body = await ReadBody(request, limits, cancellationToken);
        var parser = new UsageEventParser(limits);
        if (mediaType == Batch)
            return (true, [.. EventBatch.Split(body, limits).Select(parser.Parse)]);
        var structured = mediaType == Structured
            ? body
            : BinaryMode.ToStructured(Attributes(request), request.ContentType, body);
        return (false, [parser.Parse(structured)]);
    }

    private static string? MediaType(HttpRequest request)
    {
        if (request.ContentType is not { Length: > 0 } contentType)
            return null;
        return MediaTypeHeaderValue.TryParse(contentType, out var parsed)
            ? parsed.MediaType.Value!.ToLowerInvariant()
            : throw new UsageEventRefusedException(
                IntakeCodes.ContentTypeUnsupported, "Content-Type is no media type.");
    }

    private static IEnumerable<KeyValuePair<string, string?[]>> Attributes(HttpRequest request) => request.Headers
        .Where(h => h.Key.StartsWith(BinaryMode.Prefix, StringComparison.OrdinalIgnoreCase))
        .Select(h => KeyValuePair.Create(h.Key[BinaryMode.Prefix.Length..], h.Value.ToArray()));

    private static async Task<ReadOnlyMemory<byte>> ReadBody(
        HttpRequest request, UsageLimits limits, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limits.RequestBytes)
            throw TooLarge(limits);

        var reader = request.BodyReader;
        while (true)
        {
            var read = await Next(reader, cancellationToken);
            if (read.Buffer.Length > limits.RequestBytes)
                throw TooLarge(limits);
            if (read.IsCompleted)
            {
                // Items keep slices of it until they are written, so it is no pooled memory.
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Kestrel tells some broken framing as an I/O fault: it is the caller's, no outage of ours.</summary>
    private static async Task<ReadResult> Next(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The body's framing cannot be read.", e);
        }
    }

    private static UsageEventRefusedException TooLarge(UsageLimits limits) =>
        new(IntakeCodes.RequestTooLarge, $"A request has at most {limits.RequestBytes} bytes.");

    private static IReadOnlyList<UsageItem> CheckSources(IReadOnlyList<UsageItem> items, ClaimsPrincipal user)
    {
        var own = user.FindAll("source").Select(c => c.Value).ToHashSet(StringComparer.Ordinal);
        return [.. items.Select(
            i => i.Event is null || own.Contains(i.Event.Source) ? i : i.RefuseSource("This token"))];
    }

    private static Origin OriginOf(HttpContext http, TimeProvider clock) => new(
        "http", http.User.FindFirstValue("sub"), JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["content-type"] = http.Request.ContentType ?? "",
        }), clock.GetUtcNow().WholeMicroseconds(), Activity.Current?.Id, ParksRefusals: false);

    private static ProblemHttpResult Problem(string code, string detail, IntakeAnswer? answer)
    {
        var problem = new ProblemDetails
        {
            Status = IntakeAnswer.StatusOf(code),
            Title = "Refused",
            Detail = detail,
            Type = $"urn:csplatform:problem:{code}",
            Extensions = { ["code"] = code, ["traceId"] = Activity.Current?.TraceId.ToString() },
        };
        if (answer is not null)
        {
            problem.Extensions["accepted"] = answer.Accepted;
            problem.Extensions["repeated"] = answer.Repeated;
            problem.Extensions["refused"] = answer.Refused;
            problem.Extensions["parked"] = answer.Parked;
            problem.Extensions["items"] = answer.Items;
        }

        return TypedResults.Problem(problem);
    }
}
