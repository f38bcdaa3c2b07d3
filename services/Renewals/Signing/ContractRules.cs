namespace CsPlatform.Renewals.Signing;

/// <summary>The form of a contract: what can be said without knowing anything but the contract itself.</summary>
internal static class ContractRules
{
    public const int SeatsMax = 10_000_000;
    public const int ProductsMax = 100;
    public const int ProductLengthMax = 100;
    public const int NoticePeriodDaysMax = 3_650;
    private static readonly DateOnly Earliest = new(1970, 1, 1);
    private static readonly DateOnly Latest = new(2199, 12, 31);

    /// <returns>Messages by the member of the body that they are about; empty for a well formed contract.</returns>
    public static Dictionary<string, string[]> Check(SignContract contract)
    {
        var errors = new Dictionary<string, string[]>();
        if (contract.ContractId == Guid.Empty)
            errors["contractId"] = ["Must not be the empty id."];
        if (contract.AccountId == Guid.Empty)
            errors["accountId"] = ["Must not be the empty id."];
        if (contract.StartsOn < Earliest)
            errors["startsOn"] = [$"Must not be before {Earliest:yyyy-MM-dd}."];
        if (contract.EndsOn < contract.StartsOn)
            errors["endsOn"] = ["Must not be before startsOn."];
        else if (contract.EndsOn > Latest)
            errors["endsOn"] = [$"Must not be after {Latest:yyyy-MM-dd}."];
        if (contract.Seats is < 1 or > SeatsMax)
            errors["seats"] = [$"Must be between 1 and {SeatsMax}."];
        if (Amounts.Problem(contract.RecurringAmount) is { } amount)
            errors["recurringAmount"] = [amount];
        if (!Enum.IsDefined(contract.BillingPeriod))
            errors["billingPeriod"] = ["Must be monthly, quarterly or yearly."];
        if (contract.Products is { } products && ProductsProblem(products) is { } product)
            errors["products"] = [product];
        if (contract.NoticePeriodDays is < 0 or > NoticePeriodDaysMax)
            errors["noticePeriodDays"] = [$"Must be between 0 and {NoticePeriodDaysMax}."];
        return errors;
    }

    private static string? ProductsProblem(IReadOnlyList<string> products) =>
        products.Count > ProductsMax ? $"Must not be more than {ProductsMax}."
        : products.Any(string.IsNullOrWhiteSpace) ? "Must not contain an empty name."
        : products.Any(p => p.Length > ProductLengthMax)
            ? $"A name must not be longer than {ProductLengthMax} characters."
        : products.Any(p => p.Any(char.IsControl)) ? "A name must not contain control characters."
        : products.Distinct().Count() != products.Count ? "Must not name a product twice."
        : null;
}
