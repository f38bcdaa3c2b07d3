using CsPlatform.Accounts.Life;

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

    public LinkExternalKey Checked(FieldCheck check)
    {
        var key = new ExternalKey(System, Key).Checked(check);
        return new LinkExternalKey(key.System, key.Key);
    }
}

internal static class LinkExternalKeyEndpoint
{
    public static void MapLinkExternalKey(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/accounts/{id:guid}/external-keys",
            (Guid id, LinkExternalKey body, AccountCommands commands, CancellationToken ct) =>
                commands.Change(id, FieldCheck.Of(body.Checked).Decide, ct))
        .WithName(nameof(LinkExternalKey)).WithSummary("Link another system's key to an account")
        .AsChange(Permissions.WriteAccounts);
}
