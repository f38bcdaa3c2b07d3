using CsPlatform.Renewals.Contracts;
using CsPlatform.Renewals.Signing;
using CsPlatform.ServiceDefaults;
using static CsPlatform.Renewals.Tests.RenewalsSpec;

namespace CsPlatform.Renewals.Tests.Signing;

public sealed class SignContractCheckTests
{
    [Fact]
    public void Well_formed_contracts_have_no_errors()
    {
        Assert.Empty(FaultsOf(Year2026));
        Assert.Empty(FaultsOf(Year2026 with { Products = null, NoticePeriodDays = null }));
        Assert.Empty(FaultsOf(Year2026 with { EndsOn = Year2026.StartsOn }));
        Assert.Empty(FaultsOf(Year2026 with { RecurringAmount = new Money(0m, "EUR") }));
    }

    [Theory]
    [InlineData("0.01", "EUR", true)]
    [InlineData("0.010", "EUR", true)]
    [InlineData("0.001", "EUR", false)]
    [InlineData("1", "JPY", true)]
    [InlineData("1.5", "JPY", false)]
    [InlineData("1.005", "KWD", true)]
    [InlineData("1.0005", "KWD", false)]
    [InlineData("-0.01", "EUR", false)]
    [InlineData("1000000000000000.01", "EUR", false)]
    [InlineData("1", "eur", false)]
    [InlineData("1", "XXX", false)]
    [InlineData("1", "", false)]
    public void Amount_must_fit_its_currency(string amount, string currency, bool fits)
    {
        var money = new Money(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), currency);
        var errors = FaultsOf(Year2026 with { RecurringAmount = money });
        Assert.Equal(fits ? [] : new[] { "recurringAmount" }, errors);
    }

    [Fact]
    public void Each_member_that_is_wrong_is_named() =>
        Assert.Equal(
            ["contractId", "accountId", "startsOn", "endsOn", "seats", "noticePeriodDays", "products"],
            FaultsOf(new SignContract(
                Guid.Empty, DateOnly.MinValue, DateOnly.MaxValue, 0, new Money(
                    1m, "EUR"), BillingPeriod.Monthly, Guid.Empty,
                ["core", "core"], -1)));

    [Fact]
    public void Term_must_not_end_before_it_starts() =>
        Assert.Equal(["endsOn"], FaultsOf(Year2026 with { EndsOn = Year2026.StartsOn.AddDays(-1) }));

    [Fact]
    public void Products_are_limited()
    {
        Assert.Empty(FaultsOf(Year2026 with { Products = Names(100) }));
        Assert.NotEmpty(FaultsOf(Year2026 with { Products = Names(101) }));
        Assert.NotEmpty(FaultsOf(Year2026 with { Products = [" "] }));
        Assert.NotEmpty(FaultsOf(Year2026 with { Products = ["a\nb"] }));
        Assert.NotEmpty(FaultsOf(Year2026 with { Products = [new string('x', 101)] }));

        static string[] Names(int count) => [.. Enumerable.Range(1, count).Select(i => $"module-{i}")];
    }

    private static IEnumerable<string> FaultsOf(SignContract command)
    {
        var check = new FieldCheck();
        command.Checked(check);
        return check.Errors.Keys;
    }
}
