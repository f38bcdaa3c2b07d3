using CsPlatform.Contracts;
using CsPlatform.ServiceDefaults;

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
    bool AutoRenews = false)
{
    /// <exception cref="RefusedException">
    /// "id-reused": the id names a contract with other content; "account-unknown".
    /// </exception>
    public IReadOnlyList<IContractEvent> Decide(
        Guid contractId, Contract? existing, bool accountIsKnown, DateTimeOffset now)
    {
        if (existing is not null)
            return Repeats(existing)
                ? []
                : throw new RefusedException("id-reused", "The id belongs to a contract with other content.", 409);
        if (!accountIsKnown)
            throw new RefusedException("account-unknown", "Renewals has not heard of this account.", 409);

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
}

/// <summary>A later contract carries this one on. Twice is not an error; the first successor stays.</summary>
internal sealed record ContinueContract(Guid SuccessorId)
{
    public IReadOnlyList<IContractEvent> Decide(Contract contract, DateTimeOffset now) =>
        contract.SuccessorId is null ? [new ContractContinued(SuccessorId, now)] : [];
}
