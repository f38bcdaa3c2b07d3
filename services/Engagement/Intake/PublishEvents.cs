using System.Diagnostics;
using System.Security.Claims;
using System.Text.Json;
using CsPlatform.Engagement.UsageEvents;
using CsPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;

namespace CsPlatform.Engagement.Intake;

/// <summary>Takes usage events over HTTP. A 2xx is given after the commit, never before.</summary>
internal static class PublishEventsEndpoint
{
    public static void MapPublishEvents(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/events", Handle)
        .WithName("PublishEvents")
        .WithSummary("Publish usage events: CloudEvents 1.0, structured, batch or binary")
        .WithDescription(
            "202 when every event is accepted, parked or a repeat; 207 with a result for each when some are refused; else "
            + "the status of the refusal (400, 403, 409, 413), for a batch 400.")
        .WithTags("Usage events")
        .Allow(Roles.Publisher)
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
                    ["application/cloudevents+json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } },
                    ["application/cloudevents-batch+json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Array } },
                    ["application/json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } },
                },
            };
            return Task.CompletedTask;
        });

    private static async Task<Results<JsonHttpResult<IntakeAnswer>, ProblemHttpResult>> Handle(
        HttpContext http, IntakeWriter writer, UsageLimits limits, TimeProvider clock, CancellationToken cancellationToken)
    {
        Submission submission;
        bool isBatch;
        try
        {
            (isBatch, var items) = await UsageRequest.Read(http.Request, limits, cancellationToken);
            submission = new Submission(OriginOf(http, clock), CheckSources(items, http.User));
        }
        catch (UsageEventRefusedException refusal)
        {
            return Problem(refusal.Code, refusal.Message, null);
        }

        if (submission.Items.Any(i => i.Event is not null))
            await writer.Write(submission, cancellationToken);

        var answer = IntakeAnswer.Of(submission);
        if (answer.IsNothingTaken)
            return isBatch
                ? Problem("nothing-accepted", "No event of the batch was accepted; each says why.", answer)
                : Problem(answer.Items[0].Code!, answer.Items[0].Detail!, answer);
        return TypedResults.Json(
            answer, statusCode: answer.IsAllTaken ? StatusCodes.Status202Accepted : StatusCodes.Status207MultiStatus);
    }

    private static IReadOnlyList<UsageItem> CheckSources(IReadOnlyList<UsageItem> items, ClaimsPrincipal user)
    {
        var own = user.FindAll("source").Select(c => c.Value).ToHashSet(StringComparer.Ordinal);
        return [.. items.Select(i => i.Event is null || own.Contains(i.Event.Source) ? i : i.RefuseSource("This token"))];
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
