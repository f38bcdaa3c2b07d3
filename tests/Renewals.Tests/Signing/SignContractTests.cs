using System.Globalization;
using CsPlatform.Renewals.Contracts;
using CsPlatform.Renewals.Signing;
using static CsPlatform.Renewals.Tests.RenewalsSpec;

namespace CsPlatform.Renewals.Tests.Signing;

public sealed class SignContractTests
{
    private static readonly ContractSigned Contract2026 = Signed(Year2026);

    private static IReadOnlyList<IContractEvent> When(Contract? state, SignContract command) =>
        command.Decide(state, ContractId, Now);

    [Fact]
    public void Contract_is_signed_with_its_amount_of_a_year() =>
        Assert.Equal(
            new ContractSigned(
                ContractId, AccountId, Year2026.StartsOn, Year2026.EndsOn, 25, Contract2026.Products,
                new Money(100m, "EUR"), BillingPeriod.Monthly, new Money(1_200m, "EUR"), 90, true, Now),
            Contract2026);

    [Theory]
    [InlineData("monthly", "33.33", "399.96")]
    [InlineData("quarterly", "0.10", "0.40")]
    [InlineData("yearly", "999999999999999.99", "999999999999999.99")]
    public void Amount_of_a_year_is_exact(string period, string recurring, string annual)
    {
        var signed = Signed(Year2026 with
        {
            BillingPeriod = Enum.Parse<BillingPeriod>(period, ignoreCase: true),
            RecurringAmount = new Money(decimal.Parse(recurring, CultureInfo.InvariantCulture), "EUR"),
        });
        Assert.Equal(annual, signed.AnnualAmount.Amount.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("EUR", "1200.00")]
    [InlineData("JPY", "1200")]
    [InlineData("KWD", "1200.000")]
    public void Amount_is_kept_with_the_decimals_of_its_currency(string currency, string kept)
    {
        var signed = Signed(Year2026 with
        {
            RecurringAmount = new Money(1200.0m, currency),
            BillingPeriod = BillingPeriod.Yearly,
        });
        Assert.Equal(kept, signed.RecurringAmount.Amount.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(kept, signed.AnnualAmount.Amount.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Repeat_gives_no_event()
    {
        Assert.Empty(When(Given(Contract2026), Year2026));
        Assert.Empty(When(Given(Contract2026), Year2026 with { RecurringAmount = new Money(100.00m, "EUR") }));
    }

    [Fact]
    public void Repeat_is_absorbed_whatever_became_of_the_contract() =>
        Assert.Empty(When(Given(Contract2026, new ContractContinued(SuccessorId, Now)), Year2026));

    public static TheoryData<string> Differences =>
        ["account", "starts", "ends", "seats", "amount", "currency", "period", "products", "notice", "auto"];

    [Theory]
    [MemberData(nameof(Differences))]
    public void Same_id_with_other_content_is_refused(string member)
    {
        var other = member switch
        {
            "account" => Year2026 with { AccountId = SuccessorId },
            "starts" => Year2026 with { StartsOn = Year2026.StartsOn.AddDays(1) },
            "ends" => Year2026 with { EndsOn = Year2026.EndsOn.AddDays(1) },
            "seats" => Year2026 with { Seats = 26 },
            "amount" => Year2026 with { RecurringAmount = new Money(100.01m, "EUR") },
            "currency" => Year2026 with { RecurringAmount = new Money(100m, "USD") },
            "period" => Year2026 with { BillingPeriod = BillingPeriod.Yearly },
            "products" => Year2026 with { Products = ["core", "reports"] },
            "notice" => Year2026 with { NoticePeriodDays = null },
            _ => Year2026 with { AutoRenews = false },
        };
        Refused("id-reused", () => When(Given(Contract2026), other));
    }
}
