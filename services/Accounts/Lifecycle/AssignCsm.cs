using CsPlatform.Accounts.Input;
using CsPlatform.ServiceDefaults;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CsPlatform.Accounts.Lifecycle;

/// <summary>The account gets a (new) responsible customer success manager. The same one again gives no event.</summary>
/// <param name="CsmId">The user id of the CSM.</param>
internal sealed record AssignCsm(string CsmId)
{
    public const int MaxLength = 128;

    public IReadOnlyList<IAccountEvent> Decide(Account account, DateTimeOffset now) =>
        account.CsmId == CsmId ? [] : [new CsmAssigned(CsmId, account.CsmId, now)];

    /// <exception cref="RefusedException">"invalid", 400.</exception>
    public AssignCsm Checked()
    {
        var check = new FieldCheck();
        var csmId = check.Required(CsmId, "csmId", MaxLength);
        check.ThrowIfAny();
        return new AssignCsm(csmId);
    }
}

internal static class AssignCsmEndpoint
{
    public static void MapAssignCsm(this IEndpointRouteBuilder routes) => routes
        .MapPut("/v1/accounts/{id:guid}/csm", Handle)
        .WithName(nameof(AssignCsm)).WithSummary("Assign the responsible CSM").WithTags("Accounts")
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .AllowEditors();

    private static async Task<NoContent> Handle(
        Guid id, AssignCsm body, [FromHeader(Name = "If-Match")] string? ifMatch,
        IDocumentSession session, TimeProvider clock, HttpResponse response, CancellationToken ct)
    {
        var command = body.Checked();
        var stream = await session.WriteAccount(id, ifMatch, ct);
        var version = await session.Save(stream, command.Decide(stream.Aggregate!, clock.GetUtcNow()), ct);
        response.Headers.ETag = ETag.Of(version);
        return TypedResults.NoContent();
    }
}
