using CsPlatform.Health.Facts;
using CsPlatform.Health.Models;
using CsPlatform.Health.Scores;
using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Alerts;

/// <summary>
/// Whether an alert had ground: its rule, worked out again as of when it was raised, with the facts that are known now.
/// </summary>
internal static class Retraction
{
    /// <summary>
    /// The newest fact that takes the ground away, in words; none where the alert stands, or is too old to tell.
    /// </summary>
    public static string? FactAgainst(Alert alert, AccountFacts facts, ModelHistory models, DateTimeOffset now)
    {
        var ground = alert.Ground;
        var raisedOn = DateOnly.FromDateTime(ground.At.UtcDateTime);
        var model = models.Version(ground.Rule.ModelVersion);
        if (ground.At < now.AddDays(-model.Alerts.DropWindowDays)
            || NewestSince(facts, ground.At, raisedOn) is not { } fact)
            return null;

        // The day itself went on after the alert was raised: it counts as it was known then.
        var asRaised = facts with
        {
            Days = [.. facts.Days.Where(d => d.Day < raisedOn), .. ground.Today is { } today ? [today] : Array.Empty<UsageDayFact>()],
        };
        var score = Scorer.Score(model, asRaised, ground.At);
        var from = ground.Rule.From is { } points
            ? new PastScore(ground.At, points, model.Version, new Dictionary<string, decimal>())
            : null;
        var condition = alert.Category == AlertCategory.LowHealth
            ? Condition.LowHealth(model, score)
            : Condition.UsageDrop(model, score, from);
        return condition.Holds ? null : fact;
    }

    private static string? NewestSince(AccountFacts facts, DateTimeOffset raisedAt, DateOnly raisedOn)
    {
        var days = facts.Days.Where(d => d.Day < raisedOn && d.LearnedAt > raisedAt)
            .Select(d => (d.LearnedAt, Text($"Use on {d.Day:yyyy-MM-dd} ({d.Figures.Events} events) became known on {d.LearnedAt:yyyy-MM-dd}.")));
        var answers = facts.Answers.Where(a => a.OccurredAt <= raisedAt && a.LearnedAt > raisedAt)
            .Select(a => (a.LearnedAt, Text($"A survey answer of {a.OccurredAt:yyyy-MM-dd} became known on {a.LearnedAt:yyyy-MM-dd}.")));
        var gone = facts.FormerAnswers.Where(a => a.IsGoneSince(raisedAt))
            .Select(a => (LearnedAt: a.Gone!.At, Text(
                $"A survey answer of {a.OccurredAt:yyyy-MM-dd} was {WordOf(a.Gone)} on {a.Gone.At:yyyy-MM-dd}.")));
        var contracts = facts.Contracts.Where(c => c.OccurredAt <= raisedAt && c.LearnedAt > raisedAt)
            .Select(c => (c.LearnedAt, Text($"A contract signed on {c.OccurredAt:yyyy-MM-dd} became known on {c.LearnedAt:yyyy-MM-dd}.")));
        return days.Concat(answers).Concat(gone).Concat(contracts).OrderByDescending(
            f => f.LearnedAt).Select(f => f.Item2).FirstOrDefault();
    }

    private static string WordOf(AnswerGone gone) => gone.Withdrawn ? "withdrawn" : "moved to another account";

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
