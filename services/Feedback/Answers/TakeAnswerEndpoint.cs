using CsPlatform.Feedback.Messaging;
using CsPlatform.ServiceDefaults;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CsPlatform.Feedback.Answers;

internal static class TakeAnswerEndpoint
{
    public static void MapTakeAnswer(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/answers", Handle)
            .WithName(nameof(TakeAnswer))
            .WithSummary("Takes an NPS, CSAT or CES answer; the same answer again is answered with 200")
            .WithTags("Answers")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .Allow(Roles.Csm, Roles.Lead, Roles.Admin, Roles.Collector);

    private static async Task<Results<Created<AnswerView>, Ok<AnswerView>>> Handle(
        TakeAnswer command, HttpResponse response, IDocumentSession session, TimeProvider clock,
        CancellationToken ct)
    {
        if (AnswerRules.Check(command) is { Count: > 0 } errors)
            throw RefusedException.Invalid(errors);

        var now = clock.GetUtcNow();
        var answerId = command.AnswerId ?? Guid.CreateVersion7(now);
        try
        {
            return await Decide();
        }
        catch (Exception e) when (Refusals.IsAppendRace(e))
        {
            // The same answer came twice at once and the other was stored first: now it is a repeat, or a reused id.
            session.EjectAllPendingChanges();
            return await Decide();
        }

        async Task<Results<Created<AnswerView>, Ok<AnswerView>>> Decide()
        {
            var existing = await session.Events.AggregateStreamAsync<Answer>(answerId, token: ct);
            var accountIsKnown = await session.LoadAsync<KnownAccount>(command.AccountId, ct) is not null;
            response.Headers.ETag = ETag.Of(1);
            if (command.Decide(answerId, existing, accountIsKnown, now) is not [AnswerGiven given])
                return TypedResults.Ok(AnswerView.Of(existing!));

            session.Events.StartStream<Answer>(answerId, given);
            await session.SaveChangesAsync(ct);
            CrashPoint.Reach("answer-saved");
            return TypedResults.Created($"/v1/answers/{answerId}", AnswerView.Of(Answer.Create(given)));
        }
    }
}
