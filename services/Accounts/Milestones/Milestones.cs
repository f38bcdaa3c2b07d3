using CsPlatform.Accounts.Life;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Contracts.Health.V1;
using Feedback = CsPlatform.Contracts.Feedback.V1;
using Renewals = CsPlatform.Contracts.Renewals.V1;

namespace CsPlatform.Accounts.Milestones;

/// <summary>
/// Everything that Accounts hears from the others: one message, at most one event on the account's stream.
/// </summary>
internal static class Milestones
{
    public static void HearMilestones(this Hearings bus)
    {
        bus.Hear<FirstUseSeen>(m => m.AccountId, (s, m, id, ct) => Add(s, m.AccountId, Translate(m, id), ct));
        bus.Hear<HealthBandChanged>(m => m.AccountId, (s, m, id, ct) => Add(s, m.AccountId, Translate(m, id), ct));
        bus.Hear<ChurnRiskRaised>(m => m.AccountId, (s, m, id, ct) => Add(s, m.AccountId, Translate(m, id), ct));
        bus.Hear<ChurnRiskEscalated>(m => m.AccountId, (s, m, id, ct) => Add(s, m.AccountId, Translate(m, id), ct));
        bus.Hear<ChurnRiskCleared>(m => m.AccountId, (s, m, id, ct) => Add(s, m.AccountId, Translate(m, id), ct));
        bus.Hear<ChurnRiskRetracted>(m => m.AccountId, (s, m, id, ct) => Add(s, m.AccountId, Translate(m, id), ct));
        bus.Hear<Feedback.SurveyAnswered>(
            m => m.AccountId, (s, m, id, ct) => Add(s, m.AccountId, Translate(m, id), ct));
        bus.Hear<Renewals.ContractSigned>(
            m => m.AccountId, (s, m, id, ct) => Add(s, m.AccountId, Translate(m, id), ct));
        bus.Hear<Renewals.RenewalOpened>(m => m.AccountId, (s, m, id, ct) => Add(s, m.AccountId, Translate(m, id), ct));
    }

    private static async Task Add(
        IDocumentSession session, Guid accountId, IMilestone milestone, CancellationToken cancellationToken)
    {
        var stream = await session.Events.FetchForWriting<Account>(accountId, cancellationToken);
        stream.AppendMany(new HearMilestone(milestone).Decide(stream.Aggregate));
    }

    internal static FirstUseReached Translate(FirstUseSeen m, Guid id) => new(id, m.OccurredAt);

    internal static HealthBandEntered Translate(HealthBandChanged m, Guid id) =>
        new(id, m.Score, m.Band, m.PreviousBand, m.ModelId, m.ModelVersion, m.OccurredAt);

    internal static RiskRaised Translate(ChurnRiskRaised m, Guid id) =>
        new(id, m.AlertId, m.Category, m.Severity, m.Summary, m.Revision, m.OccurredAt);

    internal static RiskEscalated Translate(ChurnRiskEscalated m, Guid id) =>
        new(id, m.AlertId, m.Category, m.Severity, m.Revision, m.OccurredAt);

    internal static RiskCleared Translate(ChurnRiskCleared m, Guid id) =>
        new(id, m.AlertId, m.Category, m.Reason, m.Revision, m.OccurredAt);

    internal static RiskRetracted Translate(ChurnRiskRetracted m, Guid id) =>
        new(id, m.AlertId, m.Category, m.Reason, m.Revision, m.OccurredAt);

    internal static SurveyAnswered Translate(Feedback.SurveyAnswered m, Guid id) =>
        new(id, m.AnswerId, m.ContactId, m.Metric, m.Score, m.Scale.Min, m.Scale.Max, m.Scale.HigherIsBetter,
            m.OccurredAt);

    internal static ContractSigned Translate(Renewals.ContractSigned m, Guid id) =>
        new(id, m.ContractId, m.StartsOn, m.EndsOn, m.Seats, m.AnnualAmount.Amount, m.AnnualAmount.Currency,
            m.OccurredAt);

    internal static RenewalOpened Translate(Renewals.RenewalOpened m, Guid id) =>
        new(id, m.RenewalId, m.ContractId, m.DueOn, m.AnnualAmount.Amount, m.AnnualAmount.Currency, m.OccurredAt);
}
