using CsPlatform.Accounts.Figures;
using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Table;

namespace CsPlatform.Accounts.Lifecycle;

/// <summary>
/// Commands on accounts: what they link is claimed in the same transaction, and each answers the account.
/// </summary>
internal sealed class AccountCommands(Commands commands, IDocumentSession session)
{
    public async Task<Ok<AccountView>> Change(
        Guid id, Func<Account, DateTimeOffset, IReadOnlyList<IAccountEvent>> decide, CancellationToken ct)
    {
        var figures = await FigureTable.Read(session, id, ct);
        return await commands.Change<Account, AccountRow, AccountView>(
            id, decide, row => AccountView.Of(row, figures), ct, events => LinkedKeys.Claim(session, id, events));
    }

    public async Task<Results<Created<AccountView>, Ok<AccountView>>> Create(
        object command, Guid? id, Func<Account?, Guid, DateTimeOffset, IReadOnlyList<IAccountEvent>> decide,
        CancellationToken ct)
    {
        var figures = id is { } known ? await FigureTable.Read(session, known, ct) : AccountFigures.None;
        return await commands.Create<Account, AccountRow, AccountView>(
            command, id, decide, row => AccountView.Of(row, figures), "/v1/accounts", ct, (newId, events) =>
            {
                LinkedKeys.Claim(session, newId, events);
                return Task.CompletedTask;
            });
    }

    /// <summary>In whose book an account is.</summary>
    public static async Task<BookEntry?> BookOf(IQuerySession session, Guid id, CancellationToken ct) =>
        await session.LoadAsync<Account>(id, ct) is { } account ? new(account.CsmId) : null;
}
