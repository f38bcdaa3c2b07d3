using CsPlatform.Backbone;
using CsPlatform.Contracts.Accounts.V1;
using Marten;

namespace CsPlatform.Feedback.Messaging;

/// <summary>An account that Accounts has told us of. Answers of others are refused.</summary>
internal sealed record KnownAccount(Guid Id)
{
    public static async Task<BookEntry?> BookOf(IQuerySession session, Guid id, CancellationToken ct) =>
        await session.LoadAsync<KnownAccount>(id, ct) is null ? null : new(CsmId: null);
}

/// <summary>What is heard of accounts.</summary>
internal static class AccountHearings
{
    public static void HearAccounts(this Hearings bus) => bus.Hear<AccountRegistered>(m => m.AccountId, (s, m, _, _) =>
    {
        s.Store(new KnownAccount(m.AccountId));
        return Task.CompletedTask;
    });
}
