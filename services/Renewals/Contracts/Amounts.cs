using CsPlatform.Contracts;

namespace CsPlatform.Renewals.Contracts;

internal enum BillingPeriod
{
    Monthly,
    Quarterly,
    Yearly,
}

internal static class Amounts
{
    /// <summary>More than any contract; keeps a year's total and sums over accounts far from decimal's end.</summary>
    public const decimal Max = 1_000_000_000_000_000m;

    /// <summary>What a year of it costs. Exact: a year is twelve months or four quarters; nothing is divided.</summary>
    public static Money PerYear(this Money recurring, BillingPeriod period) => recurring with
    {
        Amount = recurring.Amount * period switch
        {
            BillingPeriod.Monthly => 12,
            BillingPeriod.Quarterly => 4,
            BillingPeriod.Yearly => 1,
        },
    };

    /// <summary>With as many decimals as the currency has, so that 1200 and 1200.0 EUR become 1200.00.</summary>
    public static Money InMinorUnits(this Money money) =>
        Currencies.DecimalsOf(money.Currency) is { } decimals
            ? money with { Amount = decimal.Round(money.Amount, decimals) + Zero(decimals) }
            : money;

    // A sum has the scale of its more exact part: adding 0.00 gives an amount its two decimals.
    private static decimal Zero(int decimals) => new(0, 0, 0, isNegative: false, (byte)decimals);

    /// <summary>Notes what is wrong with an amount.</summary>
    public static void Check(Money? money, string field, FieldCheck check)
    {
        if (money is null)
            check.Refuse(field, "is required");
        else if (Currencies.DecimalsOf(money.Currency) is not { } decimals)
            check.Refuse(field, "has a currency that is no ISO 4217 code, e.g. EUR");
        else if (money.Amount < 0 || money.Amount > Max)
            check.Refuse(field, $"is a number from 0 to {Max:0}");
        else if (decimal.Round(money.Amount, decimals) != money.Amount)
            check.Refuse(field, $"has more decimals than {money.Currency}: {decimals}");
    }
}
