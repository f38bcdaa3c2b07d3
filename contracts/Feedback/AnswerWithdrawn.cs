namespace CsPlatform.Contracts.Feedback.V1;

/// <summary>
/// A survey answer had been given by mistake, e.g. to try the survey out: it counts nowhere any more, whenever it was
/// heard of. Published by Feedback, which keeps the reason.
/// </summary>
/// <param name="AnswerId">The answer.</param>
/// <param name="AccountId">The account that it was of last.</param>
/// <param name="Version">
/// Of the answer, whose giving is version 1. What became of it in the end is what has the highest.
/// </param>
/// <param name="OccurredAt">UTC time of the withdrawal.</param>
public sealed record AnswerWithdrawn(Guid AnswerId, Guid AccountId, long Version, DateTimeOffset OccurredAt);
