using System.Globalization;
using CsPlatform.Accounts.Life;
using JasperFx.Events;
using Marten.Events.Projections;

namespace CsPlatform.Accounts.Timeline;

/// <summary>Each event of an account is one entry of its timeline.</summary>
internal sealed partial class AccountTimelineProjection : EventProjection
{
    public AccountTimelineProjection()
    {
        RegisterPublishedType(typeof(TimelineEntry)); // so that a rebuild begins with none
    }

    public override ValueTask ApplyAsync(IDocumentOperations operations, IEvent e, CancellationToken cancellation)
    {
        if (Entry(e) is { } entry)
            operations.Store(entry);
        return ValueTask.CompletedTask;
    }

    internal static TimelineEntry? Entry(IEvent e)
    {
        if (e.Data is not IAccountEvent fact)
            return null;

        var (kind, text) = Wording(fact);
        return new TimelineEntry(e.Id, e.StreamId, e.Version, kind,
            text.Where(t => t.Value is not null).ToDictionary(t => t.Name, t => t.Value!),
            fact.OccurredAt, e.Timestamp, e.UserName, (fact as IMilestone)?.MessageId);
    }

    private static (string Kind, (string Name, string? Value)[] Text) Wording(IAccountEvent fact) => fact switch
    {
        AccountRegistered e => ("registered", [("name", e.Details.Name)]),
        AccountDetailsCorrected e => ("detailsCorrected",
            [.. e.Changes.SelectMany(c => new[] { ($"{c.Field}.from", c.From), ($"{c.Field}.to", c.To) })]),
        ExternalKeyLinked e => ("externalKeyLinked", [("system", e.System), ("key", e.Key)]),
        CsmAssigned e => ("csmAssigned", [("csmId", e.CsmId), ("previousCsmId", e.PreviousCsmId)]),
        StageEntered e => ("stageEntered", [("stage", e.Stage.Name()), ("reason", e.Reason)]),
        FirstUseReached => ("firstUse", []),
        MilestoneHeard e => (e.Kind, [.. e.Text.Select(t => (t.Key, (string?)t.Value))]),
        HealthBandEntered e => ("healthBandEntered",
            [("band", e.Band), ("previousBand", e.PreviousBand), ("score", Number(e.Score)),
             ("modelId", e.ModelId), ("modelVersion", Number(e.ModelVersion))]),
        RiskRaised e => ("riskRaised", [.. Alert(e), ("severity", e.Severity), ("summary", e.Summary)]),
        RiskEscalated e => ("riskEscalated", [.. Alert(e), ("severity", e.Severity)]),
        RiskCleared e => ("riskCleared", [.. Alert(e), ("reason", e.Reason)]),
        RiskRetracted e => ("riskRetracted", [.. Alert(e), ("reason", e.Reason)]),
        SurveyAnswered e => ("surveyAnswered",
            [("answerId", $"{e.AnswerId}"), ("contactId", e.ContactId), ("metric", e.Metric),
             ("score", Number(e.Score)), ("scaleMin", Number(e.ScaleMin)), ("scaleMax", Number(e.ScaleMax))]),
        ContractSigned e => ("contractSigned",
            [("contractId", $"{e.ContractId}"), ("startsOn", Day(e.StartsOn)), ("endsOn", Day(e.EndsOn)),
             ("seats", Number(e.Seats)), ("annualAmount", Number(e.AnnualAmount)), ("currency", e.Currency)]),
        RenewalOpened e => ("renewalOpened",
            [("renewalId", $"{e.RenewalId}"), ("contractId", $"{e.ContractId}"), ("dueOn", Day(e.DueOn)),
             ("annualAmount", Number(e.AnnualAmount)), ("currency", e.Currency)]),
        _ => throw new NotSupportedException($"The timeline has no wording for {fact.GetType().Name}."),
    };

    private static (string, string?)[] Alert(IRiskMilestone e) =>
        [("alertId", $"{e.AlertId}"), ("category", e.Category), ("revision", Number(e.Revision))];

    private static string Number(decimal number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Day(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);
}
