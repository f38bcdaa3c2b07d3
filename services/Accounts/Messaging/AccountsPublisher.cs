using CsPlatform.Accounts.Life;
using JasperFx.Events;
using V1 = CsPlatform.Contracts.Accounts.V1;

namespace CsPlatform.Accounts.Messaging;

/// <summary>The whole public face of Accounts. Milestones stay here: those who said them have published them.</summary>
internal static class AccountsPublisher
{
    public static IEnumerable<object> Translate(IEvent e) => e.Data switch
    {
        AccountRegistered r => [new V1.AccountRegistered(e.StreamId, Details(r.Details), e.Version, r.OccurredAt)],
        AccountDetailsCorrected c =>
            [new V1.AccountDetailsCorrected(e.StreamId, Details(c.Details), e.Version, c.OccurredAt)],
        ExternalKeyLinked k => [new V1.ExternalKeyLinked(e.StreamId, k.System, k.Key, e.Version, k.OccurredAt)],
        CsmAssigned a => [new V1.CsmAssigned(e.StreamId, a.CsmId, e.Version, a.OccurredAt)],
        StageEntered s => [new V1.StageEntered(e.StreamId, s.Stage.Name(), e.Version, s.OccurredAt)],
        _ => [],
    };

    private static V1.AccountDetails Details(AccountDetails d) =>
        new(d.Name, d.Industry, d.Employees, d.Country, d.Region, d.City, d.Plan, d.Tier?.Name());
}
