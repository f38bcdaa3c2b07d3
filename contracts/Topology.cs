using CsPlatform.Contracts.Accounts.V1;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Contracts.Feedback.V1;
using CsPlatform.Contracts.Health.V1;
using CsPlatform.Contracts.Renewals.V1;

namespace CsPlatform.Contracts;

/// <summary>
/// Who publishes and who hears what: the one place. Broker permissions are made from it, services take their
/// subscriptions from it, tests hold both against it.
/// </summary>
public static class Topology
{
    /// <summary>Durable exchange to which any client publishes usage events as CloudEvents JSON.</summary>
    public const string UsageEventsExchange = "usage-events";

    /// <summary>Durable topic exchange of the public churn-risk alerts, as CloudEvents JSON.</summary>
    public const string AlertsExchange = "csplatform.alerts";

    /// <summary>The five services. A service's name is its first queue, its database and its broker user.</summary>
    public static IReadOnlyList<ServiceTopology> Services { get; } =
    [
        new("accounts",
            [typeof(AccountRegistered), typeof(AccountDetailsCorrected), typeof(ExternalKeyLinked), typeof(CsmAssigned),
             typeof(StageEntered)],
            [typeof(FirstUseSeen), typeof(HealthBandChanged), typeof(ChurnRiskRaised), typeof(ChurnRiskEscalated),
             typeof(ChurnRiskCleared), typeof(ChurnRiskRetracted), typeof(SurveyAnswered), typeof(AnswerMoved),
             typeof(AnswerWithdrawn), typeof(ContractSigned), typeof(RenewalOpened), typeof(HealthFiguresChanged),
             typeof(UseFiguresChanged), typeof(VoiceFiguresChanged), typeof(ContractFiguresChanged)]),
        new("engagement",
            [typeof(AccountDaysChanged), typeof(FirstUseSeen), typeof(UseFiguresChanged)],
            [typeof(AccountRegistered), typeof(ExternalKeyLinked)]),
        new("health",
            [typeof(HealthBandChanged), typeof(ChurnRiskRaised), typeof(ChurnRiskEscalated), typeof(ChurnRiskCleared),
             typeof(ChurnRiskRetracted), typeof(HealthFiguresChanged)],
            [.. AccountDirectory, typeof(AccountDaysChanged), typeof(SurveyAnswered), typeof(AnswerMoved),
             typeof(AnswerWithdrawn), typeof(ContractSigned), typeof(RenewalOpened)])
        {
            PublicTopics = [AlertsExchange],
            PublicEvents = [.. ((string[])["raised", "updated", "escalated", "cleared", "retracted"])
                .Select(kind => $"com.csplatform.churnrisk.{kind}.v1")],
        },
        new("feedback",
            [typeof(SurveyAnswered), typeof(AnswerMoved), typeof(AnswerWithdrawn), typeof(VoiceFiguresChanged)],
            AccountDirectory),
        new("renewals",
            [typeof(ContractSigned), typeof(RenewalOpened), typeof(ContractFiguresChanged)],
            AccountDirectory),
    ];

    /// <summary>What a service hears that keeps an account directory.</summary>
    private static IReadOnlyList<Type> AccountDirectory =>
        [typeof(AccountRegistered), typeof(AccountDetailsCorrected), typeof(ExternalKeyLinked), typeof(CsmAssigned),
         typeof(StageEntered)];
}

/// <summary>One service's place on the bus.</summary>
/// <param name="Name">Lower-case service name.</param>
/// <param name="Publishes">Messages that only this service publishes.</param>
/// <param name="Consumes">Messages that it hears, on the queue of its name or on one of its further queues.</param>
public sealed record ServiceTopology(string Name, IReadOnlyList<Type> Publishes, IReadOnlyList<Type> Consumes)
{
    /// <summary>
    /// Durable direct exchange over which the service tells its past again, by the name of the queue that is to hear
    /// it: its hearers bind their queues to it, so that it may write to no queue itself.
    /// </summary>
    public string RetellingExchange => $"{Name}.retelling";

    /// <summary>Durable topic exchanges for the outside that the service declares when it starts.</summary>
    public IReadOnlyList<string> PublicTopics { get; init; } = [];

    /// <summary>Types of the CloudEvents that go there.</summary>
    public IReadOnlyList<string> PublicEvents { get; init; } = [];
}
