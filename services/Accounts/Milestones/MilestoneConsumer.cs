using CsPlatform.Accounts.Life;
using CsPlatform.Backbone;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Contracts.Health.V1;
using Marten;
using MassTransit;
using MassTransit.Middleware;
using Feedback = CsPlatform.Contracts.Feedback.V1;
using Renewals = CsPlatform.Contracts.Renewals.V1;

namespace CsPlatform.Accounts.Milestones;

/// <summary>
/// Everything that Accounts hears from the others: one message, at most one event on the account's stream.
/// </summary>
internal sealed class MilestoneConsumer(IDocumentSession session) :
    IConsumer<FirstUseSeen>, IConsumer<HealthBandChanged>, IConsumer<ChurnRiskRaised>, IConsumer<ChurnRiskEscalated>,
    IConsumer<ChurnRiskCleared>, IConsumer<ChurnRiskRetracted>, IConsumer<Feedback.SurveyAnswered>,
    IConsumer<Renewals.ContractSigned>, IConsumer<Renewals.RenewalOpened>
{
    /// <summary>
    /// One account's messages one after the other, accounts side by side: two at once would race for the stream, and a
    /// lost race leaves a gap in the sequence that the daemon waits at.
    /// </summary>
    public static void OneAtATime(IConsumerConfigurator<MilestoneConsumer> consumer)
    {
        var accounts = new Partitioner(64, new Murmur3UnsafeHashGenerator());
        consumer.Message<FirstUseSeen>(m => m.UsePartitioner(accounts, c => c.Message.AccountId));
        consumer.Message<HealthBandChanged>(m => m.UsePartitioner(accounts, c => c.Message.AccountId));
        consumer.Message<ChurnRiskRaised>(m => m.UsePartitioner(accounts, c => c.Message.AccountId));
        consumer.Message<ChurnRiskEscalated>(m => m.UsePartitioner(accounts, c => c.Message.AccountId));
        consumer.Message<ChurnRiskCleared>(m => m.UsePartitioner(accounts, c => c.Message.AccountId));
        consumer.Message<ChurnRiskRetracted>(m => m.UsePartitioner(accounts, c => c.Message.AccountId));
        consumer.Message<Feedback.SurveyAnswered>(m => m.UsePartitioner(accounts, c => c.Message.AccountId));
        consumer.Message<Renewals.ContractSigned>(m => m.UsePartitioner(accounts, c => c.Message.AccountId));
        consumer.Message<Renewals.RenewalOpened>(m => m.UsePartitioner(accounts, c => c.Message.AccountId));
    }

    public Task Consume(ConsumeContext<FirstUseSeen> context) =>
        Hear(context, context.Message.AccountId, Translate(context.Message, Id(context)));

    public Task Consume(ConsumeContext<HealthBandChanged> context) =>
        Hear(context, context.Message.AccountId, Translate(context.Message, Id(context)));

    public Task Consume(ConsumeContext<ChurnRiskRaised> context) =>
        Hear(context, context.Message.AccountId, Translate(context.Message, Id(context)));

    public Task Consume(ConsumeContext<ChurnRiskEscalated> context) =>
        Hear(context, context.Message.AccountId, Translate(context.Message, Id(context)));

    public Task Consume(ConsumeContext<ChurnRiskCleared> context) =>
        Hear(context, context.Message.AccountId, Translate(context.Message, Id(context)));

    public Task Consume(ConsumeContext<ChurnRiskRetracted> context) =>
        Hear(context, context.Message.AccountId, Translate(context.Message, Id(context)));

    public Task Consume(ConsumeContext<Feedback.SurveyAnswered> context) =>
        Hear(context, context.Message.AccountId, Translate(context.Message, Id(context)));

    public Task Consume(ConsumeContext<Renewals.ContractSigned> context) =>
        Hear(context, context.Message.AccountId, Translate(context.Message, Id(context)));

    public Task Consume(ConsumeContext<Renewals.RenewalOpened> context) =>
        Hear(context, context.Message.AccountId, Translate(context.Message, Id(context)));

    /// <summary>
    /// The milestone and the mark of its message are one transaction, so a second delivery has no effect.
    /// </summary>
    private async Task Hear(ConsumeContext context, Guid accountId, IMilestone milestone)
    {
        var stream = await session.Events.FetchForWriting<Account>(accountId, context.CancellationToken);
        var events = new HearMilestone(milestone).Decide(stream.Aggregate);
        if (events.Count == 0)
            return;

        stream.AppendMany(events);
        session.Insert(new HandledMessage(milestone.MessageId));
        await session.SaveChangesAsync(context.CancellationToken);
        CrashPoint.Reach("milestone-saved");
    }

    private static Guid Id(ConsumeContext context) =>
        context.MessageId
        ?? throw new InvalidOperationException("A message without an id cannot be told from its repeat.");

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
