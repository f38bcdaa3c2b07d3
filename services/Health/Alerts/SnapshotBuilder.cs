using System.Text.Json;
using CsPlatform.Health.Facts;
using CsPlatform.Health.Scores;
using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Alerts;

/// <summary>Puts together what subscribers get, from what the decision saw.</summary>
internal static class SnapshotBuilder
{
    /// <summary>Keeps an alert below 20 kB, as Standard Webhooks recommends.</summary>
    private const int MaxExternalIdBytes = 4_000;

    public static AlertSnapshot Build(Assessment seen, Condition condition) => Build(seen, condition, condition.Rule!);

    /// <param name="rule">The rule that the alert stands on, observed anew where its condition no longer holds.</param>
    public static AlertSnapshot Build(Assessment seen, Condition condition, RuleSnapshot rule)
    {
        var (account, score, before) = (seen.Facts.Account, seen.Now, seen.Before);
        var previous = condition.From?.Score ?? before?.Score;
        var observed = condition.Holds ? rule : rule with { Observed = Observed(rule, seen) };
        return new(
            new(account.AccountId, account.Name!, ExternalIds(account), account.Tier, account.Stage, account.CsmId),
            new(score.Value, previous, seen.Band, before?.Band, score.Coverage, score.ModelId, score.ModelVersion,
                seen.ModelChanged, score.AsOf),
            observed,
            ReasonWriter.Write(seen.Model, score, condition.From?.Points),
            Exposure(seen),
            Recommend(seen, condition),
            LateData: before is not null && seen.Facts.AnyLate(
                before.AsOf, DateOnly.FromDateTime(score.AsOf.UtcDateTime)));
    }

    /// <summary>As many as fit, the shortest first, so that one long key displaces no other.</summary>
    private static Dictionary<string, string> ExternalIds(AccountFact account)
    {
        var bytes = 0;
        return account.ExternalIds
            .Select(id => (id.Key, id.Value, Bytes: JsonBytes(id.Key) + JsonBytes(id.Value)))
            .OrderBy(id => id.Bytes).ThenBy(id => id.Key, StringComparer.Ordinal)
            .TakeWhile(id => (bytes += id.Bytes) <= MaxExternalIdBytes)
            .ToDictionary(id => id.Key, id => id.Value);
    }

    private static int JsonBytes(string text) => JsonEncodedText.Encode(text).EncodedUtf8Bytes.Length + "\"\":".Length;

    private static decimal Observed(RuleSnapshot rule, Assessment seen) => rule.Kind switch
    {
        RuleKind.Threshold => seen.Now.Value,
        RuleKind.Drop => seen.Now.Value - rule.From!.Value,
        RuleKind.Trend => seen.Now.Contributions
            .FirstOrDefault(c => c.Measure == Condition.TrendMeasure(seen.Model))?.Value ?? rule.Observed,
    };

    private static ExposureSnapshot? Exposure(Assessment seen)
    {
        var today = DateOnly.FromDateTime(seen.Now.AsOf.UtcDateTime);
        return seen.Facts.ContractAt(seen.Now.AsOf) is { } contract
            ? new(contract.AnnualAmount, contract.Currency, contract.EndsOn, contract.EndsOn.DayNumber - today.DayNumber)
            : null;
    }

    /// <summary>
    /// The sooner, the more is lost: a day to confirm a grave risk, a week to look into a slight one.
    /// </summary>
    private static RecommendedStep Recommend(Assessment seen, Condition condition) => new(
        condition.Category switch
        {
            AlertCategory.LowHealth => "confirm-risk",
            AlertCategory.UsageDrop => "check-in-on-use",
        },
        seen.Now.AsOf.AddDays(AlertDecider.SeverityOf(seen, condition, Exposure(seen)) switch
        {
            Severity.High => 1,
            Severity.Medium => 3,
            Severity.Low => 7,
        }));
}
