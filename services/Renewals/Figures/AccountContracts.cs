using CsPlatform.Contracts;
using V1 = CsPlatform.Contracts.Renewals.V1;

namespace CsPlatform.Renewals.Figures;

/// <summary>One contract of an account, as its figures need it.</summary>
/// <param name="IsContinued">Whether another contract carries it on.</param>
internal sealed record AccountContract(
    DateOnly StartsOn, DateOnly EndsOn, Money AnnualAmount, int Seats, int? NoticePeriodDays, bool IsContinued,
    bool RenewalOpen);

/// <summary>What an account's contracts come to on a day. Pure.</summary>
internal static class AccountContracts
{
    public static V1.ContractFigures Figures(
        Guid accountId, IReadOnlyCollection<AccountContract> contracts, DateOnly today)
    {
        var running = contracts.Where(c => c.StartsOn <= today && today <= c.EndsOn).ToList();
        var next = contracts.Where(c => !c.IsContinued && (c.EndsOn >= today || c.RenewalOpen))
            .OrderBy(c => c.EndsOn).FirstOrDefault();
        return new(
            accountId,
            [
                .. running.GroupBy(c => c.AnnualAmount.Currency).OrderBy(g => g.Key, StringComparer.Ordinal)
                    .Select(g => new Money(g.Sum(c => c.AnnualAmount.Amount), g.Key)),
            ],
            running.Sum(c => c.Seats), next?.EndsOn,
            next?.NoticePeriodDays is { } days ? next.EndsOn.AddDays(-days) : null,
            contracts.Any(c => c.RenewalOpen));
    }
}
