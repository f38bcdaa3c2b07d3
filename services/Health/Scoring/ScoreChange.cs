namespace CsPlatform.Health.Scoring;

/// <summary>One row of the ledger between two scores. The rows add up to the difference exactly.</summary>
/// <param name="Measure">The measure, for <see cref="ChangeCause.Behaviour"/> only.</param>
internal sealed record ScoreChange(ChangeCause Cause, string? Measure, decimal Points);

internal enum ChangeCause
{
    /// <summary>What the customer did, or time passing without it.</summary>
    Behaviour,

    /// <summary>A measure ran out of facts and left the sum.</summary>
    WentStale,

    /// <summary>A measure has its first facts and joined the sum.</summary>
    BecameKnown,

    /// <summary>Facts about the past arrived late.</summary>
    LateData,

    /// <summary>The model is another.</summary>
    ModelChanged,

    /// <summary>Survey answers were withdrawn, or moved to the account or away from it.</summary>
    AnswersCorrected,
}

/// <summary>
/// Walks from the score before to the score now by one cause at a time and books the step of each: measures gone,
/// behaviour of those in both, measures come, late facts, corrected answers, the new model. Each stop is a whole number
/// of tenths, so nothing is lost.
/// </summary>
internal static class ScoreLedger
{
    /// <param name="before">The score last stored.</param>
    /// <param name="behaviour">
    /// Now, by the model of <paramref name="before"/>, without what came late or was corrected since.
    /// </param>
    /// <param name="late">Now, by that model, with what came late.</param>
    /// <param name="corrected">Now, by that model, with both.</param>
    /// <param name="now">Now, by the present model.</param>
    public static IReadOnlyList<ScoreChange> Explain(
        IReadOnlyList<Contribution> before, Score behaviour, Score late, Score corrected, Score now)
    {
        var common = before.Select(c => c.Measure).Intersect(
            behaviour.Contributions.Select(c => c.Measure)).ToHashSet();
        var (oldScore, oldShares) = Restricted(before, common);
        var (newScore, newShares) = Restricted(behaviour.Contributions, common);

        var rows = new List<ScoreChange> { new(ChangeCause.WentStale, null, oldScore - before.Sum(c => c.Points)) };
        rows.AddRange(
            oldShares.Keys.Select(m => new ScoreChange(ChangeCause.Behaviour, m, newShares[m] - oldShares[m])));
        rows.Add(new(ChangeCause.BecameKnown, null, behaviour.Value - newScore));
        rows.Add(new(ChangeCause.LateData, null, late.Value - behaviour.Value));
        rows.Add(new(ChangeCause.AnswersCorrected, null, corrected.Value - late.Value));
        rows.Add(new(ChangeCause.ModelChanged, null, now.Value - corrected.Value));
        return [.. rows.Where(r => r.Points != 0)];
    }

    private static (decimal Score, Dictionary<string, decimal> Shares) Restricted(
        IReadOnlyList<Contribution> contributions, HashSet<string> to)
    {
        var kept = contributions.Where(c => to.Contains(c.Measure)).ToList();
        var (score, shares) = Scorer.Shares(kept.ConvertAll(c => (c.Weight, c.MeasurePoints)));
        return (score, kept.Select((c, i) => (c.Measure, shares[i])).ToDictionary(x => x.Measure, x => x.Item2));
    }
}
