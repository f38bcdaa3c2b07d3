using CsPlatform.Feedback.Answers;
using CsPlatform.Feedback.Figures;
using CsPlatform.Feedback.Messaging;
using JasperFx.Events.Projections;
using Marten;

namespace CsPlatform.Feedback;

/// <summary>Every event, projection and document of Feedback, by its stored name.</summary>
internal static class Store
{
    public static void Configure(StoreOptions options)
    {
        options.Events.MapEventType<AnswerGiven>("answer_given.v1");
        options.Events.AddMaskingRuleForProtectedInformation<AnswerGiven>(e => e.WithoutPersonalText());

        options.Projections.LiveStreamAggregation<Answer>();
        options.Projections.Add<AccountAnswerProjection>(ProjectionLifecycle.Inline);
        options.Schema.For<AccountAnswer>()
            .Duplicate(a => a.AccountId)
            .Duplicate(a => a.AnsweredAt)
            .Index(a => new { a.AccountId, a.AnsweredAt });
        options.Schema.For<KnownAccount>();
    }
}
