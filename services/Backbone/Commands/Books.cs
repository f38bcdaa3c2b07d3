using System.Buffers.Binary;
using System.Diagnostics;
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
/// account. A service that is told of accounts may be asked about one whose registration is still on its way: then the
/// call waits for it for a moment.
/// </summary>
/// <param name="find">The account's entry, as far as the service knows; null where nobody registered it.</param>
/// <param name="isTold">Whether the service learns of accounts by message.</param>
/// <param name="clock">Says how old an id is.</param>
public sealed class Books(
    Func<IQuerySession, Guid, CancellationToken, Task<BookEntry?>> find, bool isTold, TimeProvider clock)
{
    private const int WaitingMax = 200;

    private static readonly TimeSpan
        FirstPause = TimeSpan.FromMilliseconds(50), LongestPause = TimeSpan.FromMilliseconds(400),
        LongestWait = TimeSpan.FromSeconds(2), New = TimeSpan.FromMinutes(15);

    private int waiting;

    /// <summary>Passes where the caller may write the account by the permission that the route needs.</summary>
    /// <param name="session">Reads the entry.</param>
    /// <param name="http">The call.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RefusedException">
    /// 404 <c>account-unknown</c>, 503 <c>account-not-known-yet</c>, 403 <c>outside-book</c>.
    /// </exception>
    public async Task MustHold(
        IQuerySession session, HttpContext http, Guid accountId, CancellationToken cancellationToken)
    {
        var entry = await find(session, accountId, cancellationToken);
        if (entry is null && isTold)
            entry = await Awaited(session, accountId, cancellationToken);
        if (entry is null)
            throw isTold && IsNew(accountId)
                ? new RefusedException("account-not-known-yet",
                    "There is no such account here yet. Its id was made a moment ago, so its registration may be on "
                    + "the way: repeat the call. If nobody registers it, this becomes account-unknown.", 503)
                : RefusedException.Unknown("account");
        if (!IsWithin(http, entry.CsmId))
            throw new RefusedException(
                "outside-book", "The account is in another CSM's book. Ask them, or a lead, to do it.", 403);
    }

    /// <summary>Whether the caller may write an account of this CSM by the permission that the route needs.</summary>
    /// <param name="http">The call.</param>
    /// <param name="csmId">The account's CSM; null where it has none.</param>
    public static bool IsWithin(HttpContext http, string? csmId) =>
        csmId is null || http.Reach() == Reach.All || csmId == http.User.Subject();

    /// <summary>
    /// Looks again for as long as a registration takes to be told of. Between looks nothing is held but the call; past
    /// so many callers at once, of whom most must be wrong, nobody waits.
    /// </summary>
    private async Task<BookEntry?> Awaited(
        IQuerySession session, Guid accountId, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref waiting) > WaitingMax)
                return null;
            var since = Stopwatch.GetTimestamp();
            for (var pause = FirstPause; Stopwatch.GetElapsedTime(since) < LongestWait; pause = Longer(pause))
            {
                await Task.Delay(pause, cancellationToken);
                if (await find(session, accountId, cancellationToken) is { } entry)
                    return entry;
            }
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    /// <summary>
    /// An id of version 7 says when it was made. Of one that is new, the registration may be late in coming, as behind
    /// an outage of the broker: that is no final answer, and clients repeat a call at 503 by themselves.
    /// </summary>
    private bool IsNew(Guid id)
    {
        if (id.Version != 7)
            return false;
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var madeAt = (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16); // ms since 1970, up to the year 10889
        return Math.Abs(clock.GetUtcNow().ToUnixTimeMilliseconds() - madeAt) <= New.TotalMilliseconds;
    }
}
