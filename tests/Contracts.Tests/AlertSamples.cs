using CsPlatform.Contracts.Health.V1;

namespace CsPlatform.Contracts.Tests;

/// <summary>One alert's life: raised, acknowledged, escalated, cleared; and the other end, retracted.</summary>
internal static class AlertSamples
{
    public static readonly Guid Account = Guid.Parse("0198f6c2-1c4b-7d02-8a6e-5b1f0c9d2e34");
    private static readonly Guid Alert = Guid.Parse("0198f6c2-7d1e-7a55-9d0e-0d5c2b7a9e12");
    private static readonly DateTimeOffset Raised = new(2026, 3, 2, 6, 0, 0, TimeSpan.Zero);

    /// <summary>The sample of a kind, as in <see cref="PublicEvents.AlertKinds"/>.</summary>
    public static ChurnRiskAlert Of(string kind) => kind switch
    {
        "raised" =>
            At(0, 46.0m, 63.5m) with { Recommended = new AlertRecommendation("call-the-account", Raised.AddDays(1)) },
        "updated" => At(1, 46.0m, 63.5m) with
        {
            Revision = 2,
            Status = "acknowledged",
            Outcome = new AlertOutcome("acknowledged", "Meeting with the account on Thursday."),
        },
        "escalated" => At(3, 28.0m, 63.5m) with { Revision = 3, Status = "escalated" },
        "cleared" => At(7, 68.5m, 63.5m) with
        {
            Revision = 4,
            Status = "cleared",
            Reasons = [],
            Outcome = new AlertOutcome("recovered", "The score stayed at or above 60 for two days."),
        },
        "retracted" => At(4, 66.0m, 63.5m) with
        {
            Revision = 4,
            Status = "retracted",
            Reasons = [],
            LateData = true,
            Outcome = new AlertOutcome("fact-corrected", "Usage of 1 March that arrived on 6 March shows no drop."),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such alert event."),
    };

    private static ChurnRiskAlert At(int day, decimal score, decimal previous)
    {
        var asOf = Raised.AddDays(day);
        return new ChurnRiskAlert(
            Alert, 1, "raised", $"{Account}|usageDrop",
            new AlertAccount(
                Account, "Blue Finch Logistics", new Dictionary<string, string> { ["crm"] = "0042" }, "vip", "adoption",
                "usr_9"),
            new AlertHealth(
                score, 0.9m, true, "adoption-default", 7, false, asOf, previous, score - previous,
                score < 50 ? "red" : "yellow", "yellow"),
            new AlertRule("usage-drop", 7, "drop", -15m, score - previous, 60m, "P28D"),
            [
                new AlertReason(
                    "weekly_active_users", "usage_drop", -12.0m, "Weekly active users fell from 21 to 9.",
                    new AlertEvidence(
                        $"/v1/accounts/{Account}/health/evidence?measure=weekly_active_users&asOf={asOf:yyyy-MM-ddTHH:mm:ssZ}", 9),
                    9m, 21m),
            ],
            LateData: false,
            new AlertLinks($"/v1/accounts/{Account}/health", $"/v1/alerts/{Alert}/acknowledge"),
            new AlertExposure("120000.00", "EUR", "ARR", new DateOnly(2026, 5, 1), 60 - day));
    }
}
