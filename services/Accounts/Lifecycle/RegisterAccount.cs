using CsPlatform.Accounts.Life;

namespace CsPlatform.Accounts.Lifecycle;

/// <summary>
/// An account becomes known. The same again gives no event, so a caller that names the id may repeat it.
/// </summary>
/// <param name="Details">Who the customer is.</param>
/// <param name="AccountId">The caller's choice, so that a repeat is recognised; ours where absent.</param>
/// <param name="ExternalKeys">Keys by which other systems know the account; each belongs to one account only.</param>
internal sealed record RegisterAccount(
    AccountDetails Details, Guid? AccountId = null, IReadOnlyList<ExternalKey>? ExternalKeys = null)
{
    public const int MaxKeys = 20;

    /// <exception cref="RefusedException">"account-exists": known under this id with other content.</exception>
    public IReadOnlyList<IAccountEvent> Decide(Account? account, Guid id, DateTimeOffset now)
    {
        var keys = (ExternalKeys ?? []).Distinct().ToList();
        if (account is null)
            return
            [
                new AccountRegistered(id, Details, now),
                .. keys.Select(k => new ExternalKeyLinked(k.System, k.Key, now)),
            ];

        return account.Registered == Details && account.Keys.IsSupersetOf(keys)
            ? []
            : throw new RefusedException("account-exists", "The account is registered already, with other content.");
    }

    public RegisterAccount Checked(FieldCheck check)
    {
        check.Id(AccountId, "accountId");
        check.Must(!(ExternalKeys?.Count > MaxKeys), "externalKeys", $"takes {MaxKeys} keys at most");
        // Nulls inside a list pass the JSON reader.
        var keys = ExternalKeys?
            .Select((key, i) => (key ?? new ExternalKey("", "")).Checked(check, $"externalKeys[{i}].")).ToList();
        return new RegisterAccount(Details.Checked(check, "details."), AccountId, keys);
    }
}

internal static class RegisterAccountEndpoint
{
    public static void MapRegisterAccount(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/accounts", (RegisterAccount body, AccountCommands commands, CancellationToken ct) =>
        {
            var command = FieldCheck.Of(body.Checked);
            return commands.Create(command, command.AccountId, command.Decide, ct);
        })
        .WithName(nameof(RegisterAccount)).WithSummary("Register an account")
        .AsCreation(Permissions.WriteAccounts);
}
