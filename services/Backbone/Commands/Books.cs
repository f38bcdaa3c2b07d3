using CsPlatform.Contracts.Access;
using CsPlatform.ServiceDefaults;
using Marten;
using Microsoft.AspNetCore.Http;

namespace CsPlatform.Backbone;

/// <summary>What is about one account, so that a caller may be held to its own book.</summary>
public interface IAboutAccount
{
    /// <summary>The account.</summary>
    Guid AccountId { get; }
}

/// <summary>In whose book an account is.</summary>
/// <param name="CsmId">The user id of its CSM; null where it has none.</param>
public sealed record BookEntry(string? CsmId);

/// <summary>
/// The one place where writing is held to the caller's book. Reading is open; leads, admins and machines write every
/// account.
/// </summary>
/// <param name="find">The account's entry, as far as the service knows; null where nobody registered it.</param>
public sealed class Books(Func<IQuerySession, Guid, CancellationToken, Task<BookEntry?>> find)
{
    /// <summary>Passes where the caller may write the account by the permission that the route needs.</summary>
    /// <param name="session">Reads the entry.</param>
    /// <param name="http">The call.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RefusedException">404 <c>account-unknown</c>, 403 <c>outside-book</c>.</exception>
    public async Task MustHold(
        IQuerySession session, HttpContext http, Guid accountId, CancellationToken cancellationToken)
    {
        var entry = await find(session, accountId, cancellationToken) ?? throw RefusedException.Unknown("account");
        if (!IsWithin(http, entry.CsmId))
            throw new RefusedException(
                "outside-book", "The account is in another CSM's book. Ask them, or a lead, to do it.", 403);
    }

    /// <summary>Whether the caller may write an account of this CSM by the permission that the route needs.</summary>
    /// <param name="http">The call.</param>
    /// <param name="csmId">The account's CSM; null where it has none.</param>
    public static bool IsWithin(HttpContext http, string? csmId) =>
        csmId is null || http.Reach() == Reach.All || csmId == http.User.Subject();
}
