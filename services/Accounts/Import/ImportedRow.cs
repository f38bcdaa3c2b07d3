using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Lifecycle;

namespace CsPlatform.Accounts.Import;

/// <summary>One row of the file, checked. Null is an empty cell, which says nothing and so changes nothing.</summary>
/// <param name="NewId">
/// The account's id if the row creates one: made from the file and the line, so the same file gives the same.
/// </param>
internal sealed record ImportedRow(
    int Line, Guid NewId, string? Name, string? Industry, int? Employees, string? Country, string? Region, string? City,
    string? Plan, Tier? Tier, string? CsmId, IReadOnlyList<ExternalKey> Keys)
{
    /// <exception cref="RefusedException">
    /// "name-required": a new account without a name; and those of the commands used.
    /// </exception>
    public IReadOnlyList<IAccountEvent> Decide(Account? account, DateTimeOffset now)
    {
        if (account is null)
            return Create(now);

        var d = account.Details;
        var merged = new AccountDetails(
            Name ?? d.Name, Industry ?? d.Industry, Employees ?? d.Employees, Country ?? d.Country,
            Region ?? d.Region, City ?? d.City, Plan ?? d.Plan, Tier ?? d.Tier);
        return
        [
            .. CorrectDetails.Of(merged).Decide(account, now),
            .. CsmId is null ? [] : new AssignCsm(CsmId).Decide(account, now),
            .. Link(account, now),
        ];
    }

    private IReadOnlyList<IAccountEvent> Create(DateTimeOffset now)
    {
        if (Name is null)
            throw new RefusedException("name-required", "No account has these keys, and a new one needs a name.");

        var registered = new RegisterAccount(Name, NewId, Industry, Employees, Country, Region, City, Plan, Tier)
            .Decide(null, NewId, now);
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
