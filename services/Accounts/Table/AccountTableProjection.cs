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
            ? Searchable(row) with { Version = e.Version, RecordedAt = e.Timestamp }
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
        (HealthBandEntered e, _) => row.Health?.OccurredAt > e.OccurredAt
            ? row
            : row with { Health = new HealthSeen(e.Score, e.Band, e.OccurredAt) },
        (IRiskMilestone e, _) => row with { Alerts = Heard(row.Alerts, e) },
        (SurveyAnswered e, _) => row with { Answers = Heard(row.Answers, e) },
        (ContractSigned e, _) => row with { Contracts = Heard(row.Contracts, e.ContractId, e.EndsOn, false) },
        (RenewalOpened e, _) => row with { Contracts = Heard(row.Contracts, e.ContractId, e.DueOn, true) },
        _ => row,
    };

    private static AccountRow Searchable(AccountRow row) => row with
    {
        SortName = row.Details.Name.ToLowerInvariant(),
        SearchText = string.Join('\n', [row.Details.Name, .. row.ExternalKeys.Select(k => k.Key)]).ToLowerInvariant(),
    };

    private static List<AlertSeen> Heard(IReadOnlyList<AlertSeen> alerts, IRiskMilestone e)
    {
        var before = alerts.FirstOrDefault(a => a.AlertId == e.AlertId);
        if (before?.Revision >= e.Revision)
            return [.. alerts];

        var now = e switch
        {
            RiskRaised raised => new AlertSeen(e.AlertId, e.Category, raised.Severity, true, e.Revision),
            RiskEscalated escalated => new AlertSeen(e.AlertId, e.Category, escalated.Severity, true, e.Revision),
            _ => new AlertSeen(e.AlertId, e.Category, null, false, e.Revision),
        };
        return [.. alerts.Where(a => a.AlertId != e.AlertId).Append(now).OrderBy(a => a.AlertId)];
    }

    private static List<AnswerSeen> Heard(IReadOnlyList<AnswerSeen> answers, SurveyAnswered e) =>
        answers.FirstOrDefault(a => a.Metric == e.Metric)?.OccurredAt > e.OccurredAt
            ? [.. answers]
            :
            [
                .. answers.Where(a => a.Metric != e.Metric)
                    .Append(new AnswerSeen(e.Metric, e.Score, e.OccurredAt))
                    .OrderBy(a => a.Metric, StringComparer.Ordinal),
            ];

    private static List<ContractSeen> Heard(
        IReadOnlyList<ContractSeen> contracts, Guid contractId, DateOnly endsOn, bool renewalOpen)
    {
        var before = contracts.FirstOrDefault(c => c.ContractId == contractId);
        return
        [
            .. contracts.Where(c => c.ContractId != contractId)
                .Append(new ContractSeen(contractId, endsOn, renewalOpen || before is { RenewalOpen: true }))
                .OrderBy(c => c.EndsOn).ThenBy(c => c.ContractId),
        ];
    }
}
