using CsPlatform.Accounts.Input;
using CsPlatform.Accounts.Table;
using CsPlatform.ServiceDefaults;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CsPlatform.Accounts.Lifecycle;

/// <summary>
/// An account becomes known. The same again gives no event, so a caller that names the id may repeat it.
/// </summary>
/// <param name="Name">Display name.</param>
/// <param name="AccountId">The caller's choice, so that a repeat is recognised; ours where absent.</param>
/// <param name="Employees">Head count.</param>
/// <param name="Country">ISO 3166-1 alpha-2 where known.</param>
/// <param name="Plan">Product plan.</param>
/// <param name="ExternalKeys">Keys by which other systems know the account; each belongs to one account only.</param>
internal sealed record RegisterAccount(
    string Name, Guid? AccountId = null, string? Industry = null, int? Employees = null, string? Country = null,
    string? Region = null, string? City = null, string? Plan = null, Tier? Tier = null,
    IReadOnlyList<ExternalKey>? ExternalKeys = null)
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

    /// <exception cref="RefusedException">"invalid", 400.</exception>
    public RegisterAccount Checked()
    {
        var check = new FieldCheck();
        var details = Details.Checked(check);
        if (AccountId == Guid.Empty)
            check.Refuse("accountId", "is all zeros");
        if (ExternalKeys?.Count > MaxKeys)
            check.Refuse("externalKeys", $"takes {MaxKeys} keys at most");
        // Nulls inside a list pass the JSON reader.
        var keys = ExternalKeys?
            .Select((key, i) => (key ?? new ExternalKey("", "")).Checked(check, $"externalKeys[{i}].")).ToList();
        check.ThrowIfAny();
        return new RegisterAccount(details.Name, AccountId, details.Industry, details.Employees, details.Country,
            details.Region, details.City, details.Plan, details.Tier, keys);
    }

    private AccountDetails Details => new(Name, Industry, Employees, Country, Region, City, Plan, Tier);
}

internal static class RegisterAccountEndpoint
{
    public static void MapRegisterAccount(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/accounts", Handle)
        .WithName(nameof(RegisterAccount)).WithSummary("Register an account").WithTags("Accounts")
        .ProducesProblem(StatusCodes.Status409Conflict)
        .AllowEditors();

    private static async Task<Results<Created<AccountView>, Ok<AccountView>>> Handle(
        RegisterAccount body, IDocumentSession session, TimeProvider clock, HttpResponse response, CancellationToken ct)
    {
        var command = body.Checked();
        var now = clock.GetUtcNow();
        var id = command.AccountId ?? Guid.CreateVersion7(now);
        var created = await Register(session, command, id, now, ct);
        var view = AccountView.Of((await session.Events.AggregateStreamAsync<AccountRow>(id, token: ct))!);
        response.Headers.ETag = ETag.Of(view.Version);
        return created ? TypedResults.Created($"/v1/accounts/{id}", view) : TypedResults.Ok(view);
    }

    /// <returns>False where the same account was registered before.</returns>
    private static async Task<bool> Register(
        IDocumentSession session, RegisterAccount command, Guid id, DateTimeOffset now, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var account = await session.Events.AggregateStreamAsync<Account>(id, token: ct);
            var events = command.Decide(account, id, now);
            if (events.Count == 0)
                return false;

            session.Events.StartStream<Account>(id, events);
            session.Claim(id, events);
            try
            {
                await session.SaveOrRefuseTakenKey(ct);
                return true;
            }
            catch (Exception e) when (attempt == 1 && (Refusals.IsAppendRace(e) || e is RefusedException))
            {
                // The same call may have come in twice at once: then the other one's stream answers for both.
                session.EjectAllPendingChanges();
            }
        }
    }
}
