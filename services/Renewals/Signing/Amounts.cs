using CsPlatform.Contracts;

namespace CsPlatform.Renewals.Signing;

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

    /// <returns>What is wrong with the amount, or null.</returns>
    public static string? Problem(Money? money) =>
        money is null ? "Must be given."
        : Currencies.DecimalsOf(money.Currency) is not { } decimals ? "The currency is an ISO 4217 code, e.g. EUR."
        : money.Amount < 0 ? "Must not be negative."
        : money.Amount > Max ? $"Must not exceed {Max:0}."
        : decimal.Round(money.Amount, decimals) != money.Amount
            ? $"{money.Currency} has {decimals} decimals; the amount has more."
        : null;
}
