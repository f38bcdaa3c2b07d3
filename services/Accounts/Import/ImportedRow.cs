using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Lifecycle;

namespace CsPlatform.Accounts.Import;

/// <summary>One row of the file, checked. An empty cell says nothing and so changes nothing.</summary>
/// <param name="NewId">
/// The account's id if the row creates one: made from the file and the line, so the same file gives the same.
/// </param>
/// <param name="Details">The name is empty where its cell is.</param>
internal sealed record ImportedRow(
    int Line, Guid NewId, AccountDetails Details, string? CsmId, IReadOnlyList<ExternalKey> Keys)
{
    /// <exception cref="RefusedException">
    /// "name-required": a new account without a name; and those of the commands used.
    /// </exception>
    public IReadOnlyList<IAccountEvent> Decide(Account? account, DateTimeOffset now)
    {
        if (account is null)
            return Create(now);

        return
        [
            .. new CorrectDetails(Details.Over(account.Details)).Decide(account, now),
            .. CsmId is null ? [] : new AssignCsm(CsmId).Decide(account, now),
            .. Link(account, now),
        ];
    }

    private IReadOnlyList<IAccountEvent> Create(DateTimeOffset now)
    {
        if (Details.Name.Length == 0)
            throw new RefusedException("name-required", "No account has these keys, and a new one needs a name.");

        var registered = new RegisterAccount(Details, NewId).Decide(null, NewId, now);
        return
        [
            .. registered,
            .. Link(Account.Create(registered.OfType<AccountRegistered>().Single()), now),
            .. CsmId is null ? [] : new[] { new CsmAssigned(CsmId, null, now) },
        ];
    }

    /// <summary>Each key counts for the next, so that the row as a whole keeps the account's limit.</summary>
    private IEnumerable<IAccountEvent> Link(Account account, DateTimeOffset now)
    {
        foreach (var key in Keys)
        {
            foreach (var e in new LinkExternalKey(key.System, key.Key).Decide(account, now))
                yield return e;
            account = account with { Keys = account.Keys.Add(key) };
        }
    }

    /// <summary>What the events change, for the report.</summary>
    public static IReadOnlyList<DetailChange> Changes(IEnumerable<IAccountEvent> events) =>
    [
        .. events.SelectMany(e => e switch
        {
            AccountDetailsCorrected c => c.Changes,
            CsmAssigned c => [new DetailChange("csmId", c.PreviousCsmId, c.CsmId)],
            ExternalKeyLinked k => [new DetailChange($"key:{k.System}", null, k.Key)],
            _ => [],
        }),
    ];
}
