using CsPlatform.Backbone;
using Marten;

namespace CsPlatform.Feedback.Messaging;

/// <summary>An account that Accounts has told us of. Answers of others are refused.</summary>
internal sealed record KnownAccount(Guid Id)
{
    public static async Task<BookEntry?> BookOf(IQuerySession session, Guid id, CancellationToken ct) =>
        await session.LoadAsync<KnownAccount>(id, ct) is null ? null : new(CsmId: null);
}
