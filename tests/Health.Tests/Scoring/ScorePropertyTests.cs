using CsCheck;
using CsPlatform.Health.Facts;
using CsPlatform.Health.Scores;
using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Tests.Scoring;

/// <summary>What must hold for any history and any model.</summary>
public sealed class ScorePropertyTests
{
    private static readonly DateOnly First = new(2026, 1, 1);
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 20, 0, 0, TimeSpan.Zero);

    /// <summary>Use on any days of 240, some after "now", some learned late; answers and contracts too.</summary>
    private static readonly Gen<AccountFacts> AnyFacts =
        from days in Gen.Int[0, 240].HashSet[0, 80]
        from figures in Gen.Select(Gen.Int[0, 20], Gen.Int[1, 5], Gen.Int[0, 300], Gen.Int[-1, 40]).Array[80]
        from answers in Gen.Select(Gen.Int[-200, 30], Gen.Int[0, 10], Gen.Int[0, 3], Gen.Bool).Array[0, 5]
        from contracts in Gen.Select(Gen.Int[-300, 30], Gen.Int[-60, 400]).Array[0, 2]
        select Facts(
            [.. days.Order().Select((d, i) => Day(First.AddDays(d), figures[i % figures.Length]))],
            [.. answers.Select((a, i) => new SurveyAnswerFact(
                Id(i), $"c{a.Item3}", "nps", a.Item2, 0, 10, a.Item4, Now.AddDays(a.Item1), Now.AddDays(a.Item1)))],
            [.. contracts.Select((c, i) => new ContractFact(
                Id(i), DateOnly.FromDateTime(Now.AddDays(c.Item2).DateTime), 100, "EUR", false, Now.AddDays(
                    c.Item1), Now.AddDays(c.Item1)))]);

    /// <summary>The default model with other weights, so that rounding meets every remainder.</summary>
    private static readonly Gen<ScoreModel> AnyModel =
        from weights in Gen.Int[1, 97].Array[8]
        select DefaultModel.Version1 with
        {
            Measures = [.. DefaultModel.Version1.Measures.Select((m, i) => m with { Weight = weights[i] / 3m })],
        };

    [Fact]
    public void Contributions_sum_to_the_score() =>
        Gen.Select(AnyModel, AnyFacts).Sample((model, facts) =>
        {
            var score = Scorer.Score(model, facts, Now);
            return score.Contributions.Sum(c => c.Points) == score.Value
                && (score.Contributions.Count == 0 || score.Contributions.Sum(c => c.FullPoints) == 100)
                && score.Contributions.All(c => c.Points >= 0 && c.Points <= c.FullPoints + 0.1m)
                && score.Value is >= 0 and <= 100;
        }, iter: 2000);

    [Fact]
    public void Differences_add_up_whatever_changed() =>
        Gen.Select(AnyModel, AnyModel, AnyFacts, AnyFacts, Gen.Int[0, 120])
            .Sample((before, after, facts, later, days) =>
        {
            var (old, now) = (Scorer.Score(before, facts, Now.AddDays(-days)), Scorer.Score(after, later, Now));
            var today = DateOnly.FromDateTime(Now.UtcDateTime);
            var late = Scorer.Score(before, later, Now);
            var behaviour = Scorer.Score(before, later.WithoutLate(old.AsOf, today), Now);
            var rows = ScoreLedger.Explain(old.Contributions, behaviour, late, late, now);
            return rows.Sum(r => r.Points) == now.Value - old.Value && rows.All(r => r.Points != 0);
        }, iter: 1000);

    [Fact]
    public void A_fact_after_the_moment_scored_is_never_read() =>
        AnyFacts.Sample(facts =>
        {
            var day = DateOnly.FromDateTime(Now.UtcDateTime);
            var known = facts with
            {
                Days = [.. facts.Days.Where(d => d.Day <= day)],
                Answers = [.. facts.Answers.Where(a => a.OccurredAt <= Now)],
                Contracts = [.. facts.Contracts.Where(c => c.OccurredAt <= Now)],
            };
            return Same(
                Scorer.Score(DefaultModel.Version1, facts, Now), Scorer.Score(DefaultModel.Version1, known, Now));
        }, iter: 1000);

    [Fact]
    public void The_order_of_answers_and_contracts_does_not_matter() =>
        AnyFacts.Sample(facts => Same(
            Scorer.Score(DefaultModel.Version1, facts, Now),
            Scorer.Score(DefaultModel.Version1, facts with
            {
                Answers = [.. facts.Answers.Reverse()],
                Contracts = [.. facts.Contracts.Reverse()],
            }, Now)), iter: 500);

    [Fact]
    public void A_second_look_at_the_same_facts_stores_nothing() =>
        AnyFacts.Sample(facts =>
        {
            var spec = new HealthSpec();
            var first = Assessment.Of(spec.Models, facts, null, Now);
            var stored = first.Events.OfType<HealthScored>().Select(AccountHealth.Create).FirstOrDefault();
            return Assessment.Of(spec.Models, facts, stored, Now).Events.Count == 0;
        }, iter: 500);

    [Fact]
    public void A_band_never_flaps_on_scores_that_tremble_within_its_hysteresis() =>
        Gen.Select(Gen.Int[400, 449].Array[2, 50], Gen.Int[660, 699].Array[2, 50]).Sample((low, high) =>
            Changes(low.Prepend(200)) <= 1 && Changes(high.Prepend(900)) <= 1, iter: 500);

    private static int Changes(IEnumerable<int> tenths)
    {
        var bands = new List<Band>();
        foreach (var score in tenths)
            bands.Add(DefaultModel.Version1.Bands.BandOf(score / 10m, bands.Count > 0 ? bands[^1] : null));
        return bands.Zip(bands.Skip(1)).Count(p => p.First != p.Second);
    }

    // Records compare lists by reference, so what a score is made of is compared piece by piece.
    private static bool Same(Score a, Score b) =>
        a.Value == b.Value && a.Coverage == b.Coverage && a.Contributions.SequenceEqual(
            b.Contributions) && a.Missing.SequenceEqual(b.Missing);

    private static UsageDayFact Day(DateOnly day, (int Events, int Users, int Minutes, int LateDays) f)
    {
        var learned = new DateTimeOffset(day.AddDays(Math.Max(0, f.LateDays)), new TimeOnly(21, 0), TimeSpan.Zero);
        var late = f.LateDays > UsageDayFact.LateAfterDays;
        return new(day, new(f.Events, f.Users, f.Minutes, [$"f{f.Minutes % 7}"]), 1, learned,
            late ? learned : null, late ? UsageFigures.None : null);
    }

    private static AccountFacts Facts(
        IReadOnlyList<UsageDayFact> days, IReadOnlyList<SurveyAnswerFact> answers,
        IReadOnlyList<ContractFact> contracts) => new(
        new(HealthSpec.AccountId, "Any", null, null, null, new Dictionary<string, string>(),
            days.Any(d => d.Figures.Any) ? days.First(d => d.Figures.Any).Day : null, true),
        days, answers, contracts);

    private static Guid Id(int i) => new(i + 1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
}
