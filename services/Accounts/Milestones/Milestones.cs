using System.Globalization;
using CsPlatform.Accounts.Life;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Contracts.Health.V1;
using Feedback = CsPlatform.Contracts.Feedback.V1;
using Renewals = CsPlatform.Contracts.Renewals.V1;

namespace CsPlatform.Accounts.Milestones;

/// <summary>
/// Everything that Accounts hears of a customer's life from the others: one message, at most one event on the account's
/// stream. What is only shown is one line here; an event of its own has what something is decided by.
/// </summary>
internal static class Milestones
{
    public static void HearMilestones(this Hearings bus)
    {
        bus.HearMilestone<FirstUseSeen>(m => m.AccountId, Translate);
        bus.HearMilestone<ChurnRiskRaised>(m => m.AccountId, Translate);
        bus.HearMilestone<ChurnRiskEscalated>(m => m.AccountId, Translate);
        bus.HearMilestone<ChurnRiskCleared>(m => m.AccountId, Translate);
        bus.HearMilestone<ChurnRiskRetracted>(m => m.AccountId, Translate);
        bus.HearMilestone<HealthBandChanged>(m => m.AccountId, m => m.OccurredAt, "healthBandEntered", m =>
            [("band", m.Band), ("previousBand", m.PreviousBand), ("score", m.Score), ("modelId", m.ModelId),
             ("modelVersion", m.ModelVersion)]);
        bus.HearMilestone<Feedback.SurveyAnswered>(m => m.AccountId, m => m.OccurredAt, "surveyAnswered", m =>
            [("answerId", m.AnswerId), ("contactId", m.ContactId), ("metric", m.Metric), ("score", m.Score),
             ("scaleMin", m.Scale.Min), ("scaleMax", m.Scale.Max)]);
        bus.HearMilestone<Feedback.AnswerWithdrawn>(m => m.AccountId, m => m.OccurredAt, "answerWithdrawn", m =>
            [("answerId", m.AnswerId)]);
        bus.Hear<Feedback.AnswerMoved>(m => m.AccountId, HearMoved);
        bus.HearMilestone<Renewals.ContractSigned>(m => m.AccountId, m => m.OccurredAt, "contractSigned", m =>
            [("contractId", m.ContractId), ("startsOn", m.StartsOn), ("endsOn", m.EndsOn), ("seats", m.Seats),
             ("annualAmount", m.AnnualAmount.Amount), ("currency", m.AnnualAmount.Currency)]);
        bus.HearMilestone<Renewals.RenewalOpened>(m => m.AccountId, m => m.OccurredAt, "renewalOpened", m =>
            [("renewalId", m.RenewalId), ("contractId", m.ContractId), ("dueOn", m.DueOn),
             ("annualAmount", m.AnnualAmount.Amount), ("currency", m.AnnualAmount.Currency)]);
    }

    /// <summary>Hears what is only shown.</summary>
    /// <param name="bus">The queue.</param>
    /// <param name="accountOf">Whose life it is of.</param>
    /// <param name="occurredAt">When it was so.</param>
    /// <param name="kind">The timeline's word for it.</param>
    /// <param name="text">What the wording needs; what is null is left out.</param>
    private static void HearMilestone<T>(
        this Hearings bus, Func<T, Guid> accountOf, Func<T, DateTimeOffset> occurredAt, string kind,
        Func<T, (string Name, object? Value)[]> text) where T : class =>
        bus.HearMilestone<T>(
            accountOf, (m, id) => new MilestoneHeard(id, kind, Invariant(text(m)), occurredAt(m)));

    /// <summary>Hears what has an event of its own.</summary>
    private static void HearMilestone<T>(
        this Hearings bus, Func<T, Guid> accountOf, Func<T, Guid, IMilestone> translate) where T : class =>
        bus.Hear<T>(accountOf, (s, m, id, ct) => Add(s, accountOf(m), translate(m, id), ct));

    /// <summary>It is said in both lives: a line of the one it came to, and of the one it left.</summary>
    private static async Task HearMoved(
        IDocumentSession session, Feedback.AnswerMoved m, Guid id, CancellationToken cancellationToken)
    {
        (Guid Account, string Kind, string Other, Guid OtherAccount)[] lives =
        [
            (m.AccountId, "answerMoved", "fromAccountId", m.FromAccountId),
            (m.FromAccountId, "answerMovedAway", "toAccountId", m.AccountId),
        ];
        foreach (var (account, kind, other, otherAccount) in lives.OrderBy(l => l.Account)) // as others lock them
            await Add(
                session, account, new MilestoneHeard(id, kind, Invariant(
                    [
                        ("answerId", m.AnswerId), (other, otherAccount), ("contactId", m.ContactId),
                        ("metric", m.Metric), ("score", m.Score), ("scaleMin", m.Scale.Min), ("scaleMax", m.Scale.Max),
                    ]), m.OccurredAt), cancellationToken);
    }

    internal static Dictionary<string, string> Invariant((string Name, object? Value)[] text) => text
        .Where(t => t.Value is not null)
        .ToDictionary(t => t.Name, t => t.Value switch
        {
            DateOnly day => day.ToString("O", CultureInfo.InvariantCulture),
            DateTimeOffset time => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
            var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        });

    private static async Task Add(
        IDocumentSession session, Guid accountId, IMilestone milestone, CancellationToken cancellationToken)
    {
        // In its turn, as an edit: neither loses a race against the other.
        var stream = await session.Events.FetchForExclusiveWriting<Account>(accountId, cancellationToken);
        stream.AppendMany(new HearMilestone(milestone).Decide(stream.Aggregate));
    }

    internal static FirstUseReached Translate(FirstUseSeen m, Guid id) => new(id, m.OccurredAt);

    internal static RiskRaised Translate(ChurnRiskRaised m, Guid id) =>
        new(id, m.AlertId, m.Category, m.Severity, m.Summary, m.Revision, m.OccurredAt);

    internal static RiskEscalated Translate(ChurnRiskEscalated m, Guid id) =>
        new(id, m.AlertId, m.Category, m.Severity, m.Revision, m.OccurredAt);

    internal static RiskCleared Translate(ChurnRiskCleared m, Guid id) =>
        new(id, m.AlertId, m.Category, m.Reason, m.Revision, m.OccurredAt);

    internal static RiskRetracted Translate(ChurnRiskRetracted m, Guid id) =>
        new(id, m.AlertId, m.Category, m.Reason, m.Revision, m.OccurredAt);
}
