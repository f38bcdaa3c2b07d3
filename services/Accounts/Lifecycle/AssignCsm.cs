using CsPlatform.Accounts.Life;

namespace CsPlatform.Accounts.Lifecycle;

/// <summary>The account gets a (new) responsible customer success manager. The same one again gives no event.</summary>
/// <param name="CsmId">The user id of the CSM.</param>
internal sealed record AssignCsm(string CsmId)
{
    public IReadOnlyList<IAccountEvent> Decide(Account account, DateTimeOffset now) =>
        account.CsmId == CsmId ? [] : [new CsmAssigned(CsmId, account.CsmId, now)];

    public AssignCsm Checked(FieldCheck check) => new(check.Required(CsmId, "csmId", Account.CsmIdMaxLength));
}

internal static class AssignCsmEndpoint
{
    public static void MapAssignCsm(this IEndpointRouteBuilder routes) => routes
        .MapPut("/v1/accounts/{id:guid}/csm", (
            Guid id, AssignCsm body, AccountCommands commands, CancellationToken ct) =>
            commands.Change(id, FieldCheck.Of(body.Checked).Decide, ct))
        .WithName(nameof(AssignCsm)).WithSummary("Assign the responsible CSM")
        .AsChange(Permissions.WriteAccounts);
}
