using CsPlatform.Accounts.Life;
using JasperFx.Events;
using Marten.Events.Aggregation;

namespace CsPlatform.Accounts.Table;

/// <summary>
/// Folds an account's stream into its row. What may be heard in any order gives the same row in any order.
/// </summary>
internal sealed partial class AccountTableProjection : SingleStreamProjection<AccountRow, Guid>
{
    public override AccountRow? Evolve(AccountRow? snapshot, Guid id, IEvent e) =>
        Fold(snapshot, id, e.Data) is { } row
            ? Searchable(row) with
            {
                Version = e.Version,
                Edition = row.Edition + (e.Data is IMilestone ? 0 : 1),
                RecordedAt = e.Timestamp,
            }
            : null;

    private static AccountRow? Fold(AccountRow? row, Guid id, object data) => (data, row) switch
    {
        (AccountRegistered e, _) => new AccountRow { Id = id, Details = e.Details, RegisteredAt = e.OccurredAt },
        (_, null) => null, // streams start with AccountRegistered: the writers see to it
        (AccountDetailsCorrected e, _) => row with { Details = e.Details },
        (ExternalKeyLinked e, _) => row with { ExternalKeys = [.. row.ExternalKeys, new ExternalKey(e.System, e.Key)] },
        (CsmAssigned e, _) => row with { CsmId = e.CsmId },
        (StageEntered { Stage: Stage.Escalation or Stage.Churned } e, _) => row with { SideState = e.Stage },
        (StageEntered e, _) when e.Stage == row.Stage => row with { SideState = null },
        (StageEntered e, _) => row with { Stage = e.Stage, StageEnteredAt = e.OccurredAt, SideState = null },
        (FirstUseReached e, _) => row.FirstUseAt < e.OccurredAt ? row : row with { FirstUseAt = e.OccurredAt },
        (IRiskMilestone e, _) => row with { Alerts = Heard(row.Alerts, e) },
        _ => row,
    };

    private static AccountRow Searchable(AccountRow row) => row with
    {
        SortName = row.Details.Name.ToLowerInvariant(),
        SearchText = string.Join('\n', [row.Details.Name, .. row.ExternalKeys.Select(k => k.Key)]).ToLowerInvariant(),
    };

    private static List<AlertSeen> Heard(IReadOnlyList<AlertSeen> alerts, IRiskMilestone e)
    {
        var category = RiskCategory.Name(e.Category);
        var before = alerts.FirstOrDefault(a => a.Category == category);
        if (before is not null && (before.AlertId == e.AlertId
            ? before.Revision >= e.Revision
            : (before.ChangedAt, before.AlertId).CompareTo((e.OccurredAt, e.AlertId)) > 0))
            return [.. alerts];

        var severity = e switch { RiskRaised r => r.Severity, RiskEscalated r => r.Severity, _ => null };
        return
        [
            .. alerts.Where(a => a.Category != category)
                .Append(new AlertSeen(e.AlertId, category, severity, severity is not null, e.Revision, e.OccurredAt))
                .OrderBy(a => a.Category, StringComparer.Ordinal),
        ];
    }
}
