using CsPlatform.Accounts.Input;
using CsPlatform.ServiceDefaults;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CsPlatform.Accounts.Lifecycle;

/// <summary>
/// The account's details become these, as a whole: a member left out becomes unknown. No difference, no event.
/// </summary>
internal sealed record CorrectDetails(
    string Name, string? Industry = null, int? Employees = null, string? Country = null,
    string? Region = null, string? City = null, string? Plan = null, Tier? Tier = null)
{
    public IReadOnlyList<IAccountEvent> Decide(Account account, DateTimeOffset now)
    {
        var details = Details;
        var changes = account.Details.ChangesTo(details);
        return changes.Count == 0 ? [] : [new AccountDetailsCorrected(details, changes, now)];
    }

    /// <exception cref="RefusedException">"invalid", 400.</exception>
    public CorrectDetails Checked()
    {
        var check = new FieldCheck();
        var details = Details.Checked(check);
        check.ThrowIfAny();
        return Of(details);
    }

    public static CorrectDetails Of(AccountDetails d) =>
        new(d.Name, d.Industry, d.Employees, d.Country, d.Region, d.City, d.Plan, d.Tier);

    private AccountDetails Details => new(Name, Industry, Employees, Country, Region, City, Plan, Tier);
}

internal static class CorrectDetailsEndpoint
{
    public static void MapCorrectDetails(this IEndpointRouteBuilder routes) => routes
        .MapPut("/v1/accounts/{id:guid}/details", Handle)
        .WithName(nameof(CorrectDetails)).WithSummary("Replace an account's details").WithTags("Accounts")
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .AllowEditors();

    private static async Task<NoContent> Handle(
        Guid id, CorrectDetails body, [FromHeader(Name = "If-Match")] string? ifMatch,
        IDocumentSession session, TimeProvider clock, HttpResponse response, CancellationToken ct)
    {
        var command = body.Checked();
        var stream = await session.WriteAccount(id, ifMatch, ct);
        var version = await session.Save(stream, command.Decide(stream.Aggregate!, clock.GetUtcNow()), ct);
        response.Headers.ETag = ETag.Of(version);
        return TypedResults.NoContent();
    }
}
