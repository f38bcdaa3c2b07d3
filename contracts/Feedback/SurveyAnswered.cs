namespace CsPlatform.Contracts.Feedback.V1;

/// <summary>A contact answered a survey question with a number. Published by Feedback.</summary>
/// <param name="AnswerId">The answer.</param>
/// <param name="AccountId">The account.</param>
/// <param name="ContactId">Who answered, an opaque id.</param>
/// <param name="Metric">nps, csat or ces.</param>
/// <param name="Score">The answer on its scale.</param>
/// <param name="Scale">The scale it was given on.</param>
/// <param name="OccurredAt">UTC time of the answer.</param>
public sealed record SurveyAnswered(
    Guid AnswerId, Guid AccountId, string ContactId, string Metric, int Score, SurveyScale Scale,
    DateTimeOffset OccurredAt);

/// <summary>The scale of an answer.</summary>
/// <param name="Min">Lowest possible answer.</param>
/// <param name="Max">Highest possible answer.</param>
/// <param name="HigherIsBetter">False where the lowest answer is the best, as in the CES of 2010.</param>
public sealed record SurveyScale(int Min, int Max, bool HigherIsBetter);
