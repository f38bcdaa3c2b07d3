namespace CsPlatform.Contracts.Health.V1;

/// <summary>
/// A churn-risk alert was raised, or raised again inside its cool-down (same id, next revision). Published by Health.
/// </summary>
/// <param name="AlertId">The alert.</param>
/// <param name="AccountId">The account at risk.</param>
/// <param name="Category">lowHealth or usageDrop.</param>
/// <param name="Severity">high, medium or low.</param>
/// <param name="Summary">The main reason in plain English.</param>
/// <param name="Revision">Grows by one with each change of the alert, from 1.</param>
/// <param name="OccurredAt">UTC.</param>
public sealed record ChurnRiskRaised(
    Guid AlertId, Guid AccountId, string Category, string Severity, string Summary, int Revision,
    DateTimeOffset OccurredAt);

/// <summary>An open alert became more severe. Published by Health.</summary>
/// <param name="AlertId">The alert.</param>
/// <param name="AccountId">The account at risk.</param>
/// <param name="Category">lowHealth or usageDrop.</param>
/// <param name="Severity">The new severity.</param>
/// <param name="Revision">The alert's revision.</param>
/// <param name="OccurredAt">UTC.</param>
public sealed record ChurnRiskEscalated(
    Guid AlertId, Guid AccountId, string Category, string Severity, int Revision, DateTimeOffset OccurredAt);

/// <summary>An alert closed: the condition is gone, or a person dismissed it. Published by Health.</summary>
/// <param name="AlertId">The alert.</param>
/// <param name="AccountId">The account.</param>
/// <param name="Category">lowHealth or usageDrop.</param>
/// <param name="Reason">recovered, dismissed or churned.</param>
/// <param name="Revision">The alert's revision.</param>
/// <param name="OccurredAt">UTC.</param>
public sealed record ChurnRiskCleared(
    Guid AlertId, Guid AccountId, string Category, string Reason, int Revision, DateTimeOffset OccurredAt);

/// <summary>
/// An alert lost its ground: a correction or late data showed that it should not have been raised. Published by Health.
/// </summary>
/// <param name="AlertId">The alert.</param>
/// <param name="AccountId">The account.</param>
/// <param name="Category">lowHealth or usageDrop.</param>
/// <param name="Reason">Which fact removed the ground, in plain English.</param>
/// <param name="Revision">The alert's revision.</param>
/// <param name="OccurredAt">UTC.</param>
public sealed record ChurnRiskRetracted(
    Guid AlertId, Guid AccountId, string Category, string Reason, int Revision, DateTimeOffset OccurredAt);
