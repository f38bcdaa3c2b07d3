namespace CsPlatform.Contracts.Feedback.V1;

/// <summary>
/// A survey answer had been given for the wrong account and is another's now. Says what was answered, so that who hears
/// of the move before the answer lacks nothing. Published by Feedback, which keeps the reason.
/// </summary>
/// <param name="AnswerId">The answer.</param>
/// <param name="AccountId">The account that it is of now.</param>
/// <param name="FromAccountId">The account that it was of before.</param>
/// <param name="ContactId">Who answered, an opaque id.</param>
/// <param name="Metric">nps, csat or ces.</param>
/// <param name="Score">The answer on its scale.</param>
/// <param name="Scale">The scale it was given on.</param>
/// <param name="AnsweredAt">UTC time of the answer.</param>
/// <param name="Version">
/// Of the answer, whose giving is version 1. What became of it in the end is what has the highest.
/// </param>
/// <param name="OccurredAt">UTC time of the move.</param>
public sealed record AnswerMoved(
    Guid AnswerId, Guid AccountId, Guid FromAccountId, string ContactId, string Metric, int Score, SurveyScale Scale,
    DateTimeOffset AnsweredAt, long Version, DateTimeOffset OccurredAt);
