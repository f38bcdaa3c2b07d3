using CsPlatform.Renewals.Contracts;
using CsPlatform.Renewals.Pipeline;
using JasperFx.Events;
using V1 = CsPlatform.Contracts.Renewals.V1;

namespace CsPlatform.Renewals.Messaging;

internal static class RenewalsPublisher
{
    /// <summary>The whole public face of Renewals.</summary>
    public static IEnumerable<object> Translate(IEvent e) => e.Data switch
    {
        ContractSigned c =>
        [
            new V1.ContractSigned(
                c.ContractId, c.AccountId, c.StartsOn, c.EndsOn, c.Seats, c.AnnualAmount, c.OccurredAt),
        ],
        RenewalOpened r =>
        [
            new V1.RenewalOpened(r.RenewalId, r.ContractId, r.AccountId, r.DueOn, r.AnnualAmount, r.OccurredAt),
        ],
        _ => [],
    };
}
