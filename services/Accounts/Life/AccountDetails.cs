using System.Globalization;

namespace CsPlatform.Accounts.Life;

/// <summary>Who the customer is; every member but the name may be unknown.</summary>
/// <param name="Name">Display name.</param>
/// <param name="Industry">Free text.</param>
/// <param name="Employees">Head count.</param>
/// <param name="Country">ISO 3166-1 alpha-2 where known.</param>
/// <param name="Plan">Product plan.</param>
internal sealed record AccountDetails(
    string Name, string? Industry = null, int? Employees = null, string? Country = null,
    string? Region = null, string? City = null, string? Plan = null, Tier? Tier = null)
{
    public const int MaxLength = 200;
    public const int MaxEmployees = 100_000_000;

    /// <summary>Trimmed; every fault is noted in the check under the prefix and its member's name.</summary>
    public AccountDetails Checked(FieldCheck check, string prefix = "")
    {
        check.Within(Employees, $"{prefix}employees", 0, MaxEmployees);
        return this with
        {
            Name = check.Required(Name, $"{prefix}name", MaxLength),
            Industry = check.Optional(Industry, $"{prefix}industry", MaxLength),
            Country = check.Optional(Country, $"{prefix}country", MaxLength),
            Region = check.Optional(Region, $"{prefix}region", MaxLength),
            City = check.Optional(City, $"{prefix}city", MaxLength),
            Plan = check.Optional(Plan, $"{prefix}plan", MaxLength),
        };
    }

    /// <summary>What is said here, over what was known; an empty name says nothing.</summary>
    public AccountDetails Over(AccountDetails known) => new(
        Name.Length > 0 ? Name : known.Name, Industry ?? known.Industry, Employees ?? known.Employees,
        Country ?? known.Country, Region ?? known.Region, City ?? known.City, Plan ?? known.Plan, Tier ?? known.Tier);

    /// <summary>What becomes different, member by member.</summary>
    public IReadOnlyList<DetailChange> ChangesTo(AccountDetails next)
    {
        List<DetailChange> changes = [];
        Compare("name", Name, next.Name);
        Compare("industry", Industry, next.Industry);
        Compare("employees", Text(Employees), Text(next.Employees));
        Compare("country", Country, next.Country);
        Compare("region", Region, next.Region);
        Compare("city", City, next.City);
        Compare("plan", Plan, next.Plan);
        Compare("tier", Tier?.Name(), next.Tier?.Name());
        return changes;

        void Compare(string field, string? from, string? to)
        {
            if (from != to)
                changes.Add(new DetailChange(field, from, to));
        }

        static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>One member's old and new value as text; null is unknown.</summary>
internal sealed record DetailChange(string Field, string? From, string? To);
