namespace CsPlatform.Accounts.Life;

/// <summary>
/// What another service said about the account. Stored for ever, with the id of the message that said it.
/// </summary>
internal interface IMilestone : IAccountEvent
{
    Guid MessageId { get; }
}

/// <summary>
/// Something that another service decided and that is only shown here: a line for whoever takes the account over.
/// </summary>
/// <param name="Kind">What happened, e.g. contractSigned; the timeline's word for it.</param>
/// <param name="Text">What the wording needs, by name; times and numbers in invariant form.</param>
[Stored("milestone_heard.v1")]
internal sealed record MilestoneHeard(
    Guid MessageId, string Kind, IReadOnlyDictionary<string, string> Text, DateTimeOffset OccurredAt) : IMilestone;

/// <summary>From Engagement; a second one carries an earlier time, learned from late events.</summary>
[Stored("first_use_reached.v1")]
internal sealed record FirstUseReached(Guid MessageId, DateTimeOffset OccurredAt) : IMilestone;

/// <summary>
/// From Health, until bands were stored as what is only shown. Band is null while too little is known.
/// </summary>
[Stored("health_band_entered.v1")]
internal sealed record HealthBandEntered(
    Guid MessageId, decimal Score, string? Band, string? PreviousBand, string ModelId, int ModelVersion,
    DateTimeOffset OccurredAt) : IMilestone;

/// <summary>From Health. Revision orders the changes of one alert.</summary>
internal interface IRiskMilestone : IMilestone
{
    Guid AlertId { get; }

    /// <summary>As it was heard; shown by <see cref="RiskCategory.Name"/>.</summary>
    string Category { get; }

    int Revision { get; }
}

/// <summary>How the category of an alert is spelled.</summary>
internal static class RiskCategory
{
    /// <summary>
    /// Today's spelling: what was heard of alerts of old, and is stored, says low_health, usage_drop.
    /// </summary>
    public static string Name(string stored) => stored switch
    {
        "low_health" => "lowHealth",
        "usage_drop" => "usageDrop",
        _ => stored,
    };
}

[Stored("risk_raised.v1")]
internal sealed record RiskRaised(
    Guid MessageId, Guid AlertId, string Category, string Severity, string Summary, int Revision,
    DateTimeOffset OccurredAt) : IRiskMilestone;

[Stored("risk_escalated.v1")]
internal sealed record RiskEscalated(
    Guid MessageId, Guid AlertId, string Category, string Severity, int Revision,
    DateTimeOffset OccurredAt) : IRiskMilestone;

[Stored("risk_cleared.v1")]
internal sealed record RiskCleared(
    Guid MessageId, Guid AlertId, string Category, string Reason, int Revision,
    DateTimeOffset OccurredAt) : IRiskMilestone;

[Stored("risk_retracted.v1")]
internal sealed record RiskRetracted(
    Guid MessageId, Guid AlertId, string Category, string Reason, int Revision,
    DateTimeOffset OccurredAt) : IRiskMilestone;

/// <summary>From Feedback, until such answers were stored as what is only shown.</summary>
[Stored("survey_answered.v1")]
internal sealed record SurveyAnswered(
    Guid MessageId, Guid AnswerId, string ContactId, string Metric, int Score, int ScaleMin, int ScaleMax,
    bool HigherIsBetter, DateTimeOffset OccurredAt) : IMilestone;

/// <summary>
/// From Renewals, until contracts were stored as what is only shown. AnnualAmount is per year, in Currency (ISO 4217).
/// </summary>
[Stored("contract_signed.v1")]
internal sealed record ContractSigned(
    Guid MessageId, Guid ContractId, DateOnly StartsOn, DateOnly EndsOn, int Seats, decimal AnnualAmount,
    string Currency, DateTimeOffset OccurredAt) : IMilestone;

/// <summary>
/// From Renewals, until renewals were stored as what is only shown. DueOn is the last day of the contract to renew.
/// </summary>
[Stored("renewal_opened.v1")]
internal sealed record RenewalOpened(
    Guid MessageId, Guid RenewalId, Guid ContractId, DateOnly DueOn, decimal AnnualAmount, string Currency,
    DateTimeOffset OccurredAt) : IMilestone;
