using CsPlatform.Contracts.Access;
using CsPlatform.ServiceDefaults;
using Marten;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CsPlatform.Backbone;

/// <summary>
/// The plumbing of every command over HTTP: loads what the command is about, holds the caller to its book and to its
/// <c>If-Match</c>, lets the command decide, saves, and answers the view with its ETag. A race that was lost is decided
/// anew, <c>If-Match</c> and all.
/// </summary>
public sealed class Commands(IDocumentSession session, IHttpContextAccessor accessor, TimeProvider clock, Books books)
{
    private const int Tries = 4;

    private HttpContext Http => accessor.HttpContext!;

    /// <summary>Changes what there is.</summary>
    /// <typeparam name="T">
    /// The aggregate that decides; where it is <see cref="IAboutAccount"/>, the book is kept.
    /// </typeparam>
    /// <typeparam name="TRead">What the view is made of, of the same stream: the aggregate or a read model.</typeparam>
    /// <typeparam name="TView">What is answered.</typeparam>
    /// <param name="id">The stream.</param>
    /// <param name="decide">The command's decision; no event where nothing changes.</param>
    /// <param name="view">Of what became of it.</param>
    /// <param name="cancellationToken">Ends it; nothing has been done then, or all of it.</param>
    /// <param name="alongside">Writes more in the same transaction.</param>
    /// <param name="noun">What callers call it, where that is not the aggregate's name.</param>
    /// <exception cref="RefusedException">
    /// 404 <c>{noun}-unknown</c>; 412 <c>version-changed</c>; 403 <c>outside-book</c>; what the command refuses.
    /// </exception>
    public async Task<Ok<TView>> Change<T, TRead, TView>(
        Guid id, Func<T, DateTimeOffset, IReadOnlyList<object>> decide, Func<TRead, TView> view,
        CancellationToken cancellationToken, Action<IReadOnlyList<object>>? alongside = null, string? noun = null)
        where T : class where TRead : class
    {
        var seen = ETag.Version(Http.Request.Headers.IfMatch);
        for (var attempt = 1; ; attempt++)
        {
            // Waits for who writes the stream now, and makes later ones wait: however much is told of an account, a
            // person's edit has its turn.
            var stream = await session.Events.FetchForExclusiveWriting<T>(id, cancellationToken);
            if (stream.Aggregate is not { } current)
                throw RefusedException.Unknown(noun ?? typeof(T).Name.ToLowerInvariant());
            // Of what there is the account is known: only who is held to a book needs its entry.
            if (current is IAboutAccount about && Http.Reach() == Reach.Book)
                await books.MustHold(session, Http, about.AccountId, cancellationToken);
            var version = (current as IEdited)?.Edition ?? stream.CurrentVersion ?? 0;
            if (seen is not null && seen != version)
                throw new RefusedException("version-changed",
                    $"It is at version {version} now. Read it again, repeat with the new ETag.", 412);

            var events = decide(current, clock.GetUtcNow());
            if (events.Count > 0)
            {
                stream.AppendMany(events);
                alongside?.Invoke(events);
                if (!await Saved(attempt, cancellationToken))
                    continue;
            }
            Http.Response.Headers.ETag = ETag.Of(version + events.Count);
            return TypedResults.Ok(view((await session.Events.FetchLatest<TRead>(id, cancellationToken))!));
        }
    }

    /// <summary>The same, where the view is made of the aggregate.</summary>
    /// <inheritdoc cref="Change{T,TRead,TView}"/>
    public Task<Ok<TView>> Change<T, TView>(
        Guid id, Func<T, DateTimeOffset, IReadOnlyList<object>> decide, Func<T, TView> view,
        CancellationToken cancellationToken, string? noun = null) where T : class =>
        Change<T, T, TView>(id, decide, view, cancellationToken, noun: noun);

    /// <summary>
    /// Begins something new. A repeat is recognised by the id that the caller chose, or by its <c>Idempotency-Key</c>:
    /// the same content is answered as before and has no second effect.
    /// </summary>
    /// <typeparam name="T">The aggregate.</typeparam>
    /// <typeparam name="TRead">What the view is made of.</typeparam>
    /// <typeparam name="TView">What is answered.</typeparam>
    /// <param name="command">
    /// What is asked; where it is <see cref="IAboutAccount"/>, the account must be known and the book is kept.
    /// </param>
    /// <param name="id">The caller's choice, if it made one.</param>
    /// <param name="decide">
    /// The decision over what stands under the id, if anything: no event where that is the same, a refusal where it is
    /// not.
    /// </param>
    /// <param name="view">Of what has begun.</param>
    /// <param name="path">Where it is found, with its id behind.</param>
    /// <param name="cancellationToken">Ends it; nothing has been done then, or all of it.</param>
    /// <param name="alongside">Writes more in the same transaction.</param>
    /// <exception cref="RefusedException">
    /// 404 <c>account-unknown</c>; 503 <c>account-not-known-yet</c>; 403 <c>outside-book</c>; 422
    /// <c>idempotency-key-reused</c>; what the command refuses.
    /// </exception>
    public async Task<Results<Created<TView>, Ok<TView>>> Create<T, TRead, TView>(
        object command, Guid? id, Func<T?, Guid, DateTimeOffset, IReadOnlyList<object>> decide, Func<TRead, TView> view,
        string path, CancellationToken cancellationToken, Func<Guid, IReadOnlyList<object>, Task>? alongside = null)
        where T : class where TRead : class
    {
        var key = id is null ? IdempotencyKey.Of(Http, command) : null;
        var now = clock.GetUtcNow();
        var newId = id ?? key?.Id ?? Guid.CreateVersion7(now);
        if (command is IAboutAccount about)
            await books.MustHold(session, Http, about.AccountId, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var existing = await session.Events.FetchLatest<T>(newId, cancellationToken);
            if (existing is not null && key is not null)
                await key.MustFit(session, cancellationToken);
            else if (decide(existing, newId, now) is { Count: > 0 } events)
            {
                key?.Mark(session);
                session.Events.StartStream<T>(newId, events);
                if (alongside is not null)
                    await alongside(newId, events);
                if (!await Saved(attempt, cancellationToken))
                    continue;
            }
            Http.Response.Headers.ETag = ETag.Of(await VersionOf<T>(newId, cancellationToken));
            var answer = view((await session.Events.FetchLatest<TRead>(newId, cancellationToken))!);
            return existing is null || key is not null
                ? TypedResults.Created($"{path}/{newId}", answer)
                : TypedResults.Ok(answer);
        }
    }

    /// <summary>Passes where the caller may write the account; for who takes a lock before the command.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RefusedException">As <see cref="Books.MustHold"/> says.</exception>
    public Task MustHold(Guid accountId, CancellationToken cancellationToken) =>
        books.MustHold(session, Http, accountId, cancellationToken);

    private async Task<long> VersionOf<T>(Guid id, CancellationToken cancellationToken) where T : class =>
        typeof(T).IsAssignableTo(typeof(IEdited))
            ? ((IEdited)(await session.Events.FetchLatest<T>(id, cancellationToken))!).Edition
            : (await session.Events.FetchStreamStateAsync(id, cancellationToken))!.Version;

    /// <returns>False where another was first and it is to be decided anew.</returns>
    private async Task<bool> Saved(int attempt, CancellationToken cancellationToken)
    {
        try
        {
            await session.SaveChangesAsync(cancellationToken);
            CrashPoint.Reach("command-saved");
            return true;
        }
        // The same creation, twice at once, may first meet what the other has claimed.
        catch (Exception e) when (attempt < Tries && Faults.IsAppendRace(e) || attempt == 1 && Faults.IsTaken(e))
        {
            session.EjectAllPendingChanges();
            return false;
        }
    }
}
