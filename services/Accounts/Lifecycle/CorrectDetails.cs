using CsPlatform.Accounts.Life;

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

    public CorrectDetails Checked(FieldCheck check) => Of(Details.Checked(check));

    public static CorrectDetails Of(AccountDetails d) =>
        new(d.Name, d.Industry, d.Employees, d.Country, d.Region, d.City, d.Plan, d.Tier);

    private AccountDetails Details => new(Name, Industry, Employees, Country, Region, City, Plan, Tier);
}

internal static class CorrectDetailsEndpoint
{
    public static void MapCorrectDetails(this IEndpointRouteBuilder routes) => routes
        .MapPut("/v1/accounts/{id:guid}/details",
            (Guid id, CorrectDetails body, AccountCommands commands, CancellationToken ct) =>
                commands.Change(id, FieldCheck.Of(body.Checked).Decide, ct))
        .WithName(nameof(CorrectDetails)).WithSummary("Replace an account's details")
        .AsChange(Permissions.WriteAccounts);
}
