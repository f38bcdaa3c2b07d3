using CsPlatform.ServiceDefaults;
using JasperFx;
using JasperFx.Events;
using Marten;

namespace CsPlatform.Accounts.Lifecycle;

internal static class AccountStore
{
    /// <summary>The account to decide on; a change by somebody else until the session is saved answers 412.</summary>
    /// <exception cref="RefusedException">
    /// "account-unknown", 404; "version-changed", 412: the writer saw another version.
    /// </exception>
    public static async Task<IEventStream<Account>> WriteAccount(
        this IDocumentSession session, Guid id, string? ifMatch, CancellationToken cancellationToken)
    {
        var seen = ETag.Version(ifMatch);
        var stream = await session.Events.FetchForWriting<Account>(id, cancellationToken);
        if (stream.Aggregate is null)
            throw Unknown();

        return seen is null || seen == stream.CurrentVersion
            ? stream
            : throw new RefusedException("version-changed",
                $"The account is at version {stream.CurrentVersion}. Read it again, repeat with the new ETag.", 412);
    }

    /// <summary>Appends what was decided and saves; returns the stream's version after it.</summary>
    public static async Task<long> Save(
        this IDocumentSession session, IEventStream<Account> stream, IReadOnlyList<IAccountEvent> events,
        CancellationToken cancellationToken)
    {
        var version = stream.CurrentVersion ?? 0;
        if (events.Count == 0)
            return version;

        stream.AppendMany(events);
        session.Claim(stream.Id, events);
        await session.SaveOrRefuseTakenKey(cancellationToken);
        return version + events.Count;
    }

    /// <summary>Claims the keys that the events link, in the same transaction.</summary>
    public static void Claim(this IDocumentSession session, Guid accountId, IEnumerable<IAccountEvent> events) =>
        session.Insert(events.OfType<ExternalKeyLinked>().Select(e => new LinkedKey($"{e.System}/{e.Key}", accountId)));

    /// <exception cref="RefusedException">"external-key-taken", 409.</exception>
    public static async Task SaveOrRefuseTakenKey(this IDocumentSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.SaveChangesAsync(cancellationToken);
            CrashPoint.Reach("account-saved");
        }
        catch (Exception e) when (TakenKey(e) is { } key)
        {
            throw new RefusedException("external-key-taken", $"The external key {key} belongs to another account.");
        }
    }

    /// <summary>
    /// The key that another account has, where that is why a save failed. Marten joins the faults of a batch.
    /// </summary>
    public static string? TakenKey(Exception exception) => exception switch
    {
        DocumentAlreadyExistsException e when e.DocType == typeof(LinkedKey) => $"{e.Id}",
        AggregateException e => e.InnerExceptions.Select(TakenKey).FirstOrDefault(key => key is not null),
        _ => null,
    };

    public static RefusedException Unknown() => new("account-unknown", "There is no such account.", 404);
}
