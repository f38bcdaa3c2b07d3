namespace CsPlatform.Contracts.Accounts.V1;

/// <summary>
/// The account entered a journey stage, or the side states escalation and churned. Published by Accounts.
/// After <c>churned</c> no new risk is raised for the account.
/// </summary>
/// <param name="AccountId">The account.</param>
/// <param name="Stage">
/// prospect, firstContact, trial, purchase, onboarding, adoption, renewal, advocacy, escalation or churned.
/// </param>
/// <param name="Version">Position in the account's stream.</param>
/// <param name="OccurredAt">UTC.</param>
public sealed record StageEntered(Guid AccountId, string Stage, long Version, DateTimeOffset OccurredAt);
