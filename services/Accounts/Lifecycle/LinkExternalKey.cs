using CsPlatform.Accounts.Input;
using CsPlatform.ServiceDefaults;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CsPlatform.Accounts.Lifecycle;

/// <summary>Another system's key names this account from now on. The same key again gives no event.</summary>
/// <param name="System">The system, e.g. <c>crm</c>; stored in lower case.</param>
/// <param name="Key">The key, exactly as that system writes it; belongs to one account only.</param>
internal sealed record LinkExternalKey(string System, string Key)
{
    public const int MaxKeys = 100;

    /// <exception cref="RefusedException">"too-many-keys": the account has a hundred.</exception>
    public IReadOnlyList<IAccountEvent> Decide(Account account, DateTimeOffset now)
    {
        if (account.Keys.Contains(new ExternalKey(System, Key)))
            return [];

        return account.Keys.Count < MaxKeys
            ? [new ExternalKeyLinked(System, Key, now)]
            : throw new RefusedException("too-many-keys", $"An account has {MaxKeys} external keys at most.");
    }

    /// <exception cref="RefusedException">"invalid", 400.</exception>
    public LinkExternalKey Checked()
    {
        var check = new FieldCheck();
        var key = new ExternalKey(System, Key).Checked(check);
        check.ThrowIfAny();
        return new LinkExternalKey(key.System, key.Key);
    }
}

internal static class LinkExternalKeyEndpoint
{
    public static void MapLinkExternalKey(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/accounts/{id:guid}/external-keys", Handle)
        .WithName(nameof(LinkExternalKey)).WithSummary("Link another system's key to an account").WithTags("Accounts")
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .AllowEditors();

    private static async Task<NoContent> Handle(
        Guid id, LinkExternalKey body, [FromHeader(Name = "If-Match")] string? ifMatch,
        IDocumentSession session, TimeProvider clock, HttpResponse response, CancellationToken ct)
    {
        var command = body.Checked();
        var stream = await session.WriteAccount(id, ifMatch, ct);
        var version = await session.Save(stream, command.Decide(stream.Aggregate!, clock.GetUtcNow()), ct);
        response.Headers.ETag = ETag.Of(version);
        return TypedResults.NoContent();
    }
}
