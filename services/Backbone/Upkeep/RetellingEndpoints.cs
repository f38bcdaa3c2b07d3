using CsPlatform.Contracts;
using CsPlatform.Contracts.Access;
using CsPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace CsPlatform.Backbone;

/// <summary>Asks that the past be told again.</summary>
/// <param name="Queue">Who is to hear it: a queue of a service that hears this one, or of a subscriber.</param>
/// <param name="Types">
/// Which messages, e.g. <c>AccountRegistered</c> or <c>com.csplatform.churnrisk.raised.v1</c>; all that the queue hears
/// unless given.
/// </param>
/// <param name="FromSequence">The first stored event that is told, 1 unless given.</param>
internal sealed record Retell(string? Queue, IReadOnlyList<string>? Types = null, long? FromSequence = null);

/// <summary>The past as it is told again to one queue.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Queue">Who hears it.</param>
/// <param name="Types">Which messages.</param>
/// <param name="FromSequence">The first stored event.</param>
/// <param name="ToldSequence">The last stored event that is told.</param>
/// <param name="ThroughSequence">The last one that will be: what the outbox had told when it was asked for.</param>
/// <param name="Sent">Messages so far; those of a page that was cut off were sent twice and count once.</param>
/// <param name="AskedAt">UTC.</param>
/// <param name="DoneAt">UTC; null while it goes on.</param>
/// <param name="Refusal">Why it ended early; null unless it did.</param>
internal sealed record Retelling(
    Guid Id, string Queue, IReadOnlyList<string> Types, long FromSequence, long ToldSequence, long ThroughSequence,
    long Sent, DateTimeOffset AskedAt, DateTimeOffset? DoneAt, string? Refusal);

/// <summary>The ops API over what is told again.</summary>
internal static class RetellingEndpoints
{
    public static void MapRetellings(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/retellings").WithTags("Operations").Require(Permissions.Operate);
        group.MapPost("", Handle)
            .WithName("Retell").WithSummary("Has the service's past messages told again to one queue, in order")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("", async (Retellings retellings, CancellationToken cancellationToken) =>
                TypedResults.Ok(
                    new Page<Retelling>(await retellings.Find("true", null, cancellationToken), Next: null)))
            .WithName("ListRetellings").WithSummary("What is told again, and how far each is; the last hundred");
        group.MapGet("/{id:guid}", async (Guid id, Retellings retellings, CancellationToken cancellationToken) =>
                TypedResults.Ok((await retellings.Find("id = $1", id, cancellationToken)).SingleOrDefault()
                    ?? throw RefusedException.Unknown("retelling")))
            .WithName("GetRetelling").WithSummary("How far one is").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Created<Retelling>> Handle(
        Retell command, StoreSetup setup, Retellings retellings, RetellingQueues queues, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var own = Topology.Services.Single(s => s.Name == setup.Service);
        var (queue, types, from) = FieldCheck.Of(check => Read(check, command, own));
        if (types.Count == 0)
            throw new RefusedException("queue-hears-nothing", "This service has nothing to say to the queue.");
        await queues.MustHave(queue, cancellationToken);
        var asked = await retellings.Ask(
            Guid.CreateVersion7(clock.GetUtcNow()), queue, types, from, cancellationToken);
        return TypedResults.Created($"/v1/retellings/{asked.Id}", asked);
    }

    private static (string Queue, IReadOnlyList<string> Types, long From) Read(
        FieldCheck check, Retell command, ServiceTopology own)
    {
        var queue = check.Required(command.Queue, "queue", 255);
        check.Within(command.FromSequence, "fromSequence", 1, long.MaxValue);
        var heard = HeardOn(queue, own);
        var types = command.Types is { Count: > 0 } asked ? asked.Distinct().ToList() : heard;
        if (heard.Count > 0 && types.Except(heard).Any())
            check.Refuse("types",
                $"has one that the queue does not hear of this service; it hears {string.Join(", ", heard)}");
        return (queue, types.Intersect(heard).ToList(), command.FromSequence ?? 1);
    }

    /// <summary>What a queue hears of this service: by topology, or, outside it, the public events.</summary>
    private static List<string> HeardOn(string queue, ServiceTopology own) =>
        Topology.Services.FirstOrDefault(s =>
            queue == s.Name || queue.StartsWith($"{s.Name}-", StringComparison.Ordinal)) is { } receiver
            ? [.. own.Publishes.Intersect(receiver.Consumes).Select(t => t.Name)]
            : own.PublicTopics.Count > 0 ? [.. own.PublicEvents] : [];
}
