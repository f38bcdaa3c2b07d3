using CsPlatform.Contracts;
using CsPlatform.Renewals.Contracts;

namespace CsPlatform.Renewals.Signing;

/// <summary>
/// The account is bound for a term. The same id with the same content is a repeat and gives no event; a signed contract
/// does not change, the next one continues it.
/// </summary>
/// <param name="AccountId">An account that Renewals has heard of.</param>
/// <param name="StartsOn">First day of the term.</param>
/// <param name="EndsOn">Last day of the term.</param>
/// <param name="Seats">Licensed seats, at least 1.</param>
/// <param name="RecurringAmount">Per billing period; no more decimals than the currency has.</param>
/// <param name="BillingPeriod">What the amount is paid for.</param>
/// <param name="ContractId">Chosen by the sender to make repeats harmless; made here when absent.</param>
/// <param name="Products">What is licensed; none when the contract does not say.</param>
/// <param name="NoticePeriodDays">Days before the end by which notice must be given.</param>
/// <param name="AutoRenews">Recorded for those who work the renewal; the renewal opens all the same.</param>
internal sealed record SignContract(
    Guid AccountId, DateOnly StartsOn, DateOnly EndsOn, int Seats, Money RecurringAmount, BillingPeriod BillingPeriod,
    Guid? ContractId = null, IReadOnlyList<string>? Products = null, int? NoticePeriodDays = null,
    bool AutoRenews = false) : IAboutAccount
{
    public const int SeatsMax = 10_000_000, ProductsMax = 100, ProductLengthMax = 100, NoticePeriodDaysMax = 3_650;

    private static readonly DateOnly Earliest = new(1970, 1, 1), Latest = new(2199, 12, 31);

    /// <exception cref="RefusedException">"id-reused": the id names a contract with other content.</exception>
    public IReadOnlyList<IContractEvent> Decide(Contract? existing, Guid contractId, DateTimeOffset now)
    {
        if (existing is not null)
            return Repeats(existing)
                ? []
                : throw new RefusedException("id-reused", "The id belongs to a contract with other content.", 409);

        var recurring = RecurringAmount.InMinorUnits();
        return
        [
            new ContractSigned(
                contractId, AccountId, StartsOn, EndsOn, Seats, Products ?? [], recurring, BillingPeriod,
                recurring.PerYear(BillingPeriod), NoticePeriodDays, AutoRenews, now),
        ];
    }

    private bool Repeats(Contract contract) =>
        contract.AccountId == AccountId && contract.StartsOn == StartsOn && contract.EndsOn == EndsOn &&
        contract.Seats == Seats && contract.RecurringAmount == RecurringAmount &&
        contract.BillingPeriod == BillingPeriod && contract.Products.SequenceEqual(Products ?? []) &&
        contract.NoticePeriodDays == NoticePeriodDays && contract.AutoRenews == AutoRenews;

    public SignContract Checked(FieldCheck check)
    {
        check.Id(ContractId, "contractId");
        check.Id(AccountId, "accountId");
        check.Within(StartsOn, "startsOn", Earliest, Latest);
        check.Within(EndsOn, "endsOn", Earliest, Latest);
        check.Must(EndsOn >= StartsOn, "endsOn", "is before startsOn");
        check.Within(Seats, "seats", 1, SeatsMax);
        Amounts.Check(RecurringAmount, "recurringAmount", check);
        check.Within(NoticePeriodDays, "noticePeriodDays", 0, NoticePeriodDaysMax);
        check.Must(!(Products?.Count > ProductsMax), "products", $"takes {ProductsMax} at most");
        var products = Products?.Select((p, i) => check.Required(p, $"products[{i}]", ProductLengthMax)).ToList();
        check.Must(
            products is null || products.Distinct().Count() == products.Count, "products", "names a product twice");
        return this with { Products = products };
    }
}

internal static class SignContractEndpoint
{
    public static void MapSignContract(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/contracts", (SignContract body, ContractCommands commands, CancellationToken ct) =>
            commands.Sign(FieldCheck.Of(body.Checked), ct))
        .WithName(nameof(SignContract)).WithSummary("Signs a contract; the same contract again is answered with 200")
        .AsCreation(Permissions.WriteContracts);
}
