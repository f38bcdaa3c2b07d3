using CsPlatform.Contracts;
using CsPlatform.Health.Facts;
using CsPlatform.Health.Models;
using CsPlatform.Health.Scores;
using CsPlatform.Health.Scoring;
using Npgsql;

namespace CsPlatform.Health.Evidence;

/// <summary>
/// The facts behind one measure of an account at a moment, as they are known now; a survey answer that was withdrawn or
/// moved later counts as it did then.
/// </summary>
/// <param name="From">First day looked at; for a measure of change that of the baseline.</param>
/// <param name="Value">What was measured; none where the facts did not suffice.</param>
/// <param name="Points">What that is worth by the measure's curve, 0 to 100.</param>
internal sealed record EvidenceView(
    Guid AccountId, string Measure, int ModelVersion, DateTimeOffset AsOf, DateOnly From, DateOnly To, decimal? Value,
    decimal? Before, decimal? Points, IReadOnlyList<EvidenceDay> Days, IReadOnlyList<EvidenceAnswer> Answers,
    IReadOnlyList<EvidenceContract> Contracts);

/// <param name="Late">Whether its figures changed long after the day.</param>
internal sealed record EvidenceDay(
    DateOnly Day, int Events, int ActiveUsers, decimal Minutes, IReadOnlyList<string> Features,
    DateTimeOffset LearnedAt, bool Late);

/// <param name="Normalised">0 to 100, 100 the best.</param>
/// <param name="WithdrawnAt">When it was learned, after the moment looked at, that the answer counts nowhere.</param>
/// <param name="MovedAwayAt">When it was learned, after that moment, that it is another account's.</param>
internal sealed record EvidenceAnswer(
    Guid AnswerId, string ContactId, string Metric, int Score, decimal Normalised, DateTimeOffset OccurredAt,
    DateTimeOffset LearnedAt, DateTimeOffset? WithdrawnAt, DateTimeOffset? MovedAwayAt);

internal sealed record EvidenceContract(Guid ContractId, DateOnly EndsOn, Money AnnualAmount, bool RenewalOpen);

internal static class GetEvidenceEndpoint
{
    private static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void MapEvidence(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/accounts/{id:guid}/health/evidence", Handle)
            .WithName("GetHealthEvidence").WithSummary("The facts behind a measure of the score").WithTags("Health")
            .ProducesProblem(404)
            .Require(Permissions.ReadHealth);

    private static async Task<Ok<EvidenceView>> Handle(
        Guid id, string measure, DateTimeOffset? asOf, int? modelVersion, NpgsqlDataSource database,
        DefaultModelSeed seed,
        TimeProvider clock, CancellationToken ct)
    {
        var models = await seed.Current(ct);
        if (modelVersion < 1 || modelVersion > models.Current.Version)
            throw RefusedException.Invalid("modelVersion", $"is a number from 1 to {models.Current.Version}");
        var model = models.Version(modelVersion ?? models.Current.Version);
        var line = model.Measures.FirstOrDefault(m => m.Id == measure)
            ?? throw RefusedException.Invalid(
                "measure", $"is one of {string.Join(", ", model.Measures.Select(m => m.Id))}");
        var at = FieldCheck.Of(check =>
        {
            check.Within(asOf, "asOf", Earliest, Latest);
            return (asOf ?? clock.GetUtcNow()).ToUniversalTime();
        });
        var facts = await ScoredFacts.Read(database, id, model, at, ct);
        return facts is null or { Account.Registered: false }
            ? throw RefusedException.Unknown("account")
            : TypedResults.Ok(View(line, model.Version, facts.WithoutCorrections(at), at));
    }

    private static EvidenceView View(Measure line, int modelVersion, AccountFacts facts, DateTimeOffset asOf)
    {
        var to = DateOnly.FromDateTime(asOf.UtcDateTime);
        var from = to.AddDays(1 - line.WindowDays - line.BaselineDays);
        var reading = Readings.Read(line, facts, asOf);
        var (answers, contract) = (
            line.Source == MeasureSource.SurveyAnswers, line.Source == MeasureSource.DaysToRenewal);
        return new(
            facts.Account.AccountId, line.Id, modelVersion, asOf, from, to, reading?.Value, reading?.Before,
            reading is null ? null : line.PointsOf(reading.Value),
            answers || contract ? [] : [.. facts.Days.Where(d => d.Day >= from && d.Day <= to).Select(Day)],
            answers ? [.. facts.Answers.Where(a => a.OccurredAt <= asOf
                && DateOnly.FromDateTime(a.OccurredAt.UtcDateTime) >= from).Select(Answer)] : [],
            contract ? [.. facts.Contracts.Where(c => c.OccurredAt <= asOf).Select(Contract)] : []);
    }

    private static EvidenceDay Day(UsageDayFact d) => new(
        d.Day, d.Figures.Events, d.Figures.ActiveUsers, d.Figures.Minutes, d.Figures.Features, d.LearnedAt,
        d.LateAt is not null);

    private static EvidenceAnswer Answer(SurveyAnswerFact a) =>
        new(a.AnswerId, a.ContactId, a.Metric, a.Score, Math.Round(a.Normalised, 1), a.OccurredAt, a.LearnedAt,
            a.Gone is { Withdrawn: true } withdrawn ? withdrawn.At : null,
            a.Gone is { Withdrawn: false } moved ? moved.At : null);

    private static EvidenceContract Contract(ContractFact c) =>
        new(c.ContractId, c.EndsOn, new Money(c.AnnualAmount, c.Currency), c.RenewalOpen);
}
