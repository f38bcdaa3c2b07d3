using System.Globalization;

namespace CsPlatform.Accounts.Life;

/// <summary>Who the customer is; every member but the name may be unknown.</summary>
internal sealed record AccountDetails(
    string Name, string? Industry = null, int? Employees = null, string? Country = null,
    string? Region = null, string? City = null, string? Plan = null, Tier? Tier = null)
{
    public const int MaxLength = 200;
    public const int MaxEmployees = 100_000_000;

    /// <summary>Trimmed, and every fault noted in the check under its member's name.</summary>
    public AccountDetails Checked(FieldCheck check)
    {
        check.Within(Employees, "employees", 0, MaxEmployees);
        return this with
        {
            Name = check.Required(Name, "name", MaxLength),
            Industry = check.Optional(Industry, "industry", MaxLength),
            Country = check.Optional(Country, "country", MaxLength),
            Region = check.Optional(Region, "region", MaxLength),
            City = check.Optional(City, "city", MaxLength),
            Plan = check.Optional(Plan, "plan", MaxLength),
        };
    }

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
