namespace CsPlatform.Contracts.Engagement.V1;

/// <summary>
/// A person of the account used the product for the first time, by event time. Published by Engagement.
/// </summary>
/// <param name="AccountId">The account.</param>
/// <param name="OccurredAt">UTC time of that use.</param>
public sealed record FirstUseSeen(Guid AccountId, DateTimeOffset OccurredAt);
