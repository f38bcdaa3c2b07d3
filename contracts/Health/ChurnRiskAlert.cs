using System.Text.Json.Serialization;

namespace CsPlatform.Contracts.Health.V1;

/// <summary>
/// <c>data</c> of the public CloudEvents
/// <c>com.csplatform.churnrisk.{raised,updated,escalated,cleared,retracted}.v1</c>: the alert as it stood when Health
/// decided, never re-read on delivery. Members that are unknown are left out of the JSON. Names are camelCase.
/// Published by Health on <see cref="Topology.AlertsExchange"/>, at least once, in order of <c>accountsequence</c> for
/// each account.
/// </summary>
/// <param name="AlertId">The alert; the same over its whole life, reopening included.</param>
/// <param name="Revision">Grows by one with each change of the alert, from 1.</param>
/// <param name="Status">
/// raised, updated, escalated, acknowledged, snoozed, cleared, reopened, dismissed or retracted. Reopened comes in an
/// event of type raised, dismissed in one of type cleared, acknowledged and snoozed in one of type updated.
/// </param>
/// <param name="DedupKey">
/// <c>accountId|category</c>; category is lowHealth or usageDrop. One open alert for each.
/// </param>
/// <param name="Account">Whom it is about.</param>
/// <param name="Health">The score at the decision.</param>
/// <param name="Rule">The rule that decided.</param>
/// <param name="Reasons">Why, the most points lost first; empty only where nothing is known.</param>
/// <param name="LateData">True where facts that arrived late took part in the decision.</param>
/// <param name="Links">Where to look, where to answer.</param>
/// <param name="Exposure">What is at stake; left out without a contract.</param>
/// <param name="Recommended">The next step; left out once the alert is closed.</param>
/// <param name="Outcome">Why the alert closed, was acknowledged or snoozed; left out otherwise.</param>
public sealed record ChurnRiskAlert(
    Guid AlertId,
    int Revision,
    string Status,
    string DedupKey,
    AlertAccount Account,
    AlertHealth Health,
    AlertRule Rule,
    IReadOnlyList<AlertReason> Reasons,
    bool LateData,
    AlertLinks Links,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AlertExposure? Exposure = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AlertRecommendation? Recommended = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AlertOutcome? Outcome = null);

/// <summary>The account of an alert. No contact's personal data.</summary>
/// <param name="Id">The account.</param>
/// <param name="Name">Display name.</param>
/// <param name="ExternalIds">
/// The account's key by system, e.g. <c>{"crm":"0042"}</c>; empty where none is linked, the shortest where all are more
/// than 4 kB.
/// </param>
/// <param name="Tier">vip, potential, stable or atRisk.</param>
/// <param name="Stage">Journey stage.</param>
/// <param name="CsmId">User id of the responsible CSM.</param>
public sealed record AlertAccount(
    Guid Id,
    string Name,
    IReadOnlyDictionary<string, string> ExternalIds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tier = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Stage = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CsmId = null);

/// <summary>The score behind an alert. Higher is better.</summary>
/// <param name="Score">0 to 100, one decimal place.</param>
/// <param name="Coverage">Share of the model's weight for which facts were there, 0 to 1.</param>
/// <param name="HigherIsBetter">Always true.</param>
/// <param name="ModelId">The score model.</param>
/// <param name="ModelVersion">Its version.</param>
/// <param name="ModelChanged">True where the previous score came from another version.</param>
/// <param name="AsOf">UTC time the score is as of.</param>
/// <param name="Previous">
/// The score it is compared with: for a drop its highest in the window, else the one before.
/// </param>
/// <param name="Change">Score minus previous.</param>
/// <param name="Band">green, yellow or red.</param>
/// <param name="PreviousBand">The band before.</param>
public sealed record AlertHealth(
    decimal Score,
    decimal Coverage,
    bool HigherIsBetter,
    string ModelId,
    int ModelVersion,
    bool ModelChanged,
    DateTimeOffset AsOf,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Previous = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Change = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Band = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PreviousBand = null);

/// <summary>The rule that decided. Rules are part of the score model and share its version.</summary>
/// <param name="Id">The rule.</param>
/// <param name="Version">The version of the model it belongs to.</param>
/// <param name="Kind">threshold (score), drop (points lost in the window) or trend (use now over use before).</param>
/// <param name="Threshold">Points, points lost (negative), or a ratio, by kind.</param>
/// <param name="Observed">The value that was compared with the threshold.</param>
/// <param name="ClearsAbove">The alert clears when the score (kind trend: the ratio) stays at or above this.</param>
/// <param name="Window">ISO 8601 period that the rule looks back over.</param>
public sealed record AlertRule(
    string Id,
    int Version,
    string Kind,
    decimal Threshold,
    decimal Observed,
    decimal ClearsAbove,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Window = null);

/// <summary>One reason: a measure that costs points.</summary>
/// <param name="Measure">The measure of the score model.</param>
/// <param name="Code">
/// Stable code of the text; with observed and baseline enough to write it in another language.
/// </param>
/// <param name="Points">
/// Score points lost, negative: for a drop since the previous score, else against full marks.
/// </param>
/// <param name="Text">Plain English.</param>
/// <param name="Evidence">The facts behind it.</param>
/// <param name="Observed">The measure's raw value.</param>
/// <param name="Baseline">What it is compared with: the value before, or the one worth full marks.</param>
public sealed record AlertReason(
    string Measure,
    string Code,
    decimal Points,
    string Text,
    AlertEvidence Evidence,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Observed = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Baseline = null);

/// <summary>Where the facts of a reason are listed.</summary>
/// <param name="Href">Path on the Health API.</param>
/// <param name="SignalCount">How many facts.</param>
public sealed record AlertEvidence(string Href, int SignalCount);

/// <summary>What is at stake.</summary>
/// <param name="Amount">Decimal string, e.g. <c>"120000.00"</c>.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Basis">ARR: recurring amount of a year.</param>
/// <param name="RenewalDate">Last day of the contract's term.</param>
/// <param name="DaysToRenewal">Days from the decision to that day; negative when overdue.</param>
public sealed record AlertExposure(
    string Amount, string Currency, string Basis, DateOnly RenewalDate, int DaysToRenewal);

/// <summary>The recommended next step.</summary>
/// <param name="PlayId">The play to run.</param>
/// <param name="DueBy">UTC.</param>
public sealed record AlertRecommendation(string PlayId, DateTimeOffset DueBy);

/// <summary>Why the alert's state was changed otherwise than by more of the same.</summary>
/// <param name="Code">recovered, churned, dismissed, fact-corrected, acknowledged, snoozed or snooze-ended.</param>
/// <param name="Text">Plain English: a person's reason, or the fact that removed the ground.</param>
/// <param name="Until">UTC end of a snooze.</param>
public sealed record AlertOutcome(
    string Code,
    string Text,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? Until = null);

/// <summary>Links of an alert.</summary>
/// <param name="Explain">The account's score with its contributions.</param>
/// <param name="Acknowledge">POST here to acknowledge.</param>
public sealed record AlertLinks(string Explain, string Acknowledge);
