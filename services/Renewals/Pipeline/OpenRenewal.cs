using CsPlatform.Renewals.Contracts;

namespace CsPlatform.Renewals.Pipeline;

/// <summary>What the sweep puts on the contract's stream and on the renewal's, in one transaction.</summary>
internal sealed record RenewalOpening(ContractCameUpForRenewal OnContract, RenewalOpened OnRenewal);

/// <summary>
/// The end of a contract is near: its renewal opens, once. Not for a contract that is continued already, nor for one
/// that had ended when it was signed. A sweep that comes late, even after the end, still opens what it missed.
/// </summary>
internal sealed record OpenRenewal(int OpensDaysBefore)
{
    public RenewalOpening? Decide(Contract contract, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (contract.RenewalId is not null || contract.SuccessorId is not null || contract.HadEndedWhenSigned)
            return null;
        if (contract.EndsOn.DayNumber - today.DayNumber > OpensDaysBefore)
            return null;

        var renewalId = Renewal.IdFor(contract.Id);
        return new RenewalOpening(
            new ContractCameUpForRenewal(renewalId, now),
            new RenewalOpened(
                renewalId, contract.Id, contract.AccountId, contract.EndsOn, contract.AnnualAmount, now));
    }
}
