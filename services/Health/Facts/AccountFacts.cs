namespace CsPlatform.Health.Facts;

/// <summary>
/// What Health knows of one account: a score is a function of this, a model and a moment, and of nothing else.
/// <c>LearnedAt</c> is when Health learned a fact, every other time is the fact's own.
/// </summary>
/// <param name="Days">Days of use, oldest first, each day once.</param>
/// <param name="Answers">Those that count: each once.</param>
internal sealed record AccountFacts(
    AccountFact Account,
    IReadOnlyList<UsageDayFact> Days,
    IReadOnlyList<SurveyAnswerFact> Answers,
    IReadOnlyList<ContractFact> Contracts)
{
    /// <summary>Those that counted for a while, until they were withdrawn or found to be another account's.</summary>
    public IReadOnlyList<SurveyAnswerFact> FormerAnswers { get; init; } = [];

    /// <summary>
    /// The same with the answers that counted at <paramref name="since"/>, whatever became of them later, and with all
    /// that were given since: corrections are undone, news is kept.
    /// </summary>
    public AccountFacts WithoutCorrections(DateTimeOffset since) => this with
    {
        Answers =
        [
            .. Answers.Where(a => !a.IsMovedSince(since)),
            .. FormerAnswers.Where(a => a.IsGoneSince(since)),
        ],
    };

    public bool AnyCorrection(DateTimeOffset since) =>
        Answers.Any(a => a.IsMovedSince(since)) || FormerAnswers.Any(a => a.IsGoneSince(since));

    /// <summary>
    /// The same, without what was learned late after <paramref name="since"/> about days before
    /// <paramref name="before"/>: a late change of a day is undone, a late answer is left out.
    /// </summary>
    public AccountFacts WithoutLate(DateTimeOffset since, DateOnly before) => this with
    {
        Days = [.. Days.Select(d => d.IsLateSince(since)
            && d.Day < before ? d with { Figures = d.OnTime ?? UsageFigures.None } : d)],
        Answers = [.. Answers.Where(a => !(a.IsLateSince(since)
            && DateOnly.FromDateTime(a.OccurredAt.UtcDateTime) < before))],
    };

    public bool AnyLate(DateTimeOffset since, DateOnly before) =>
        Days.Any(d => d.IsLateSince(since) && d.Day < before)
        || Answers.Any(a => a.IsLateSince(since) && DateOnly.FromDateTime(a.OccurredAt.UtcDateTime) < before);

    /// <summary>The contract that binds now: the one that ends last of those signed by then.</summary>
    public ContractFact? ContractAt(DateTimeOffset asOf) =>
        Contracts.Where(c => c.OccurredAt <= asOf).MaxBy(c => (c.EndsOn, c.ContractId));
}

/// <summary>Who the account is. Nothing is scored before it is registered.</summary>
/// <param name="FirstUseOn">First day of use ever heard of, however old.</param>
/// <param name="FeaturesSeen">
/// Whether its events ever named a feature: if not, breadth is unknown rather than nought.
/// </param>
internal sealed record AccountFact(
    Guid AccountId,
    string? Name,
    string? Tier,
    string? Stage,
    string? CsmId,
    IReadOnlyDictionary<string, string> ExternalIds,
    DateOnly? FirstUseOn,
    bool FeaturesSeen)
{
    public bool Registered => Name is not null;
    public bool Churned => Stage == "churned";
}

/// <summary>One UTC day of use, by the highest version heard.</summary>
/// <param name="LateAt">
/// When the day was last changed late, that is more than <see cref="LateAfterDays"/> days after it.
/// </param>
/// <param name="OnTime">The figures before the first late change; none where the day became known late.</param>
internal sealed record UsageDayFact(
    DateOnly Day, UsageFigures Figures, long Version, DateTimeOffset LearnedAt,
    DateTimeOffset? LateAt = null, UsageFigures? OnTime = null)
{
    /// <summary>
    /// A day may still change this long without being called late: collectors batch, devices go offline.
    /// </summary>
    public const int LateAfterDays = 2;

    public bool IsLateSince(DateTimeOffset since) => LateAt > since;
}

/// <param name="Features">Empty where none is named, or where the day is too old to need them.</param>
internal sealed record UsageFigures(int Events, int ActiveUsers, decimal Minutes, IReadOnlyList<string> Features)
{
    public static UsageFigures None { get; } = new(0, 0, 0, []);
    public bool Any => Events > 0;
}

internal sealed record SurveyAnswerFact(
    Guid AnswerId, string ContactId, string Metric, int Score, int ScaleMin, int ScaleMax, bool HigherIsBetter,
    DateTimeOffset OccurredAt, DateTimeOffset LearnedAt)
{
    /// <summary>It was another account's before; LearnedAt is when Health learned of the move.</summary>
    public bool MovedHere { get; init; }

    /// <summary>It counts no more.</summary>
    public AnswerGone? Gone { get; init; }

    /// <summary>0 to 100, 100 the best, whatever the scale.</summary>
    public decimal Normalised
    {
        get
        {
            var share = 100m * (Score - ScaleMin) / (ScaleMax - ScaleMin);
            return HigherIsBetter ? share : 100m - share;
        }
    }

    public bool IsLateSince(DateTimeOffset since) =>
        LearnedAt > since && LearnedAt - OccurredAt > TimeSpan.FromDays(UsageDayFact.LateAfterDays);

    public bool IsMovedSince(DateTimeOffset since) => MovedHere && LearnedAt > since;

    public bool IsGoneSince(DateTimeOffset since) => Gone?.At > since && LearnedAt <= since;
}

/// <param name="At">When Health learned of it.</param>
/// <param name="Withdrawn">Else it is another account's.</param>
internal sealed record AnswerGone(DateTimeOffset At, bool Withdrawn);

/// <param name="RenewalOpen">Whether the renewal of this contract is being worked on.</param>
internal sealed record ContractFact(
    Guid ContractId, DateOnly EndsOn, decimal AnnualAmount, string Currency, bool RenewalOpen,
    DateTimeOffset OccurredAt, DateTimeOffset LearnedAt);
