using CsPlatform.Accounts.Life;

namespace CsPlatform.Accounts.Lifecycle;

/// <summary>
/// The account's details become these, as a whole: a member left out becomes unknown. No difference, no event.
/// </summary>
internal sealed record CorrectDetails(AccountDetails Details)
{
    public IReadOnlyList<IAccountEvent> Decide(Account account, DateTimeOffset now)
    {
        var changes = account.Details.ChangesTo(Details);
        return changes.Count == 0 ? [] : [new AccountDetailsCorrected(Details, changes, now)];
    }
}

internal static class CorrectDetailsEndpoint
{
    public static void MapCorrectDetails(this IEndpointRouteBuilder routes) => routes
        .MapPut("/v1/accounts/{id:guid}/details",
            (Guid id, AccountDetails body, AccountCommands commands, CancellationToken ct) =>
                commands.Change(id, new CorrectDetails(FieldCheck.Of(check => body.Checked(check))).Decide, ct))
        .WithName(nameof(CorrectDetails)).WithSummary("Replace an account's details")
        .AsChange(Permissions.WriteAccounts);
}
