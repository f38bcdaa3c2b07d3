using CsPlatform.Feedback.Answers;
using CsPlatform.Feedback.Figures;
using JasperFx.Events.Projections;

namespace CsPlatform.Feedback;

/// <summary>What is made of the events of Feedback.</summary>
internal static class EventModel
{
    public static void Configure(StoreOptions options)
    {
        options.Events.AddMaskingRuleForProtectedInformation<AnswerGiven>(e => e.WithoutPersonalText());
        options.Events.AddMaskingRuleForProtectedInformation<AnswerWithdrawn>(e => e.WithoutPersonalText());
        options.Events.AddMaskingRuleForProtectedInformation<AnswerMoved>(e => e.WithoutPersonalText());

        options.Projections.LiveStreamAggregation<Answer>();
        options.Projections.Add<AccountAnswerProjection>(ProjectionLifecycle.Inline);
        options.Schema.For<AccountAnswer>()
            .Duplicate(a => a.AccountId)
            .Duplicate(a => a.AnsweredAt)
            .Index(a => new { a.AccountId, a.AnsweredAt });
    }
}
