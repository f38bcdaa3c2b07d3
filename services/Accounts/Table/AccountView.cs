using CsPlatform.Accounts.Life;

namespace CsPlatform.Accounts.Table;

/// <summary>An account as the API shows it.</summary>
/// <param name="Version">Events in its stream; the ETag.</param>
/// <param name="Stage">The journey stage, kept while a side state stands beside it; null before the first.</param>
/// <param name="SideState">escalation, churned, or null.</param>
/// <param name="Score">Health, 0 to 100; null before Health has said anything.</param>
/// <param name="Band">green, yellow or red; null while too little is known.</param>
/// <param name="OpenAlerts">Churn-risk alerts that are open.</param>
/// <param name="Answers">The last answer of each metric: nps, csat, ces.</param>
/// <param name="RenewalOn">The last day of the contract that ends last; null without one.</param>
/// <param name="RenewalOpen">True while that contract's renewal is worked on.</param>
/// <param name="RecordedAt">When the last of its facts was recorded, UTC.</param>
internal sealed record AccountView(
    Guid AccountId, long Version, string Name, string? Industry, int? Employees, string? Country, string? Region,
    string? City, string? Plan, Tier? Tier, IReadOnlyList<ExternalKey> ExternalKeys, string? CsmId,
    Stage? Stage, DateTimeOffset? StageEnteredAt, Stage? SideState, decimal? Score, string? Band,
    IReadOnlyList<OpenAlert> OpenAlerts, DateTimeOffset? FirstUseAt, IReadOnlyList<AnswerSeen> Answers,
    DateOnly? RenewalOn, bool RenewalOpen, DateTimeOffset RegisteredAt, DateTimeOffset RecordedAt)
{
    public static AccountView Of(AccountRow row)
    {
        var (d, last) = (row.Details, row.Contracts.Count > 0 ? row.Contracts[^1] : null);
        return new AccountView(
            row.Id, row.Version, d.Name, d.Industry, d.Employees, d.Country, d.Region, d.City, d.Plan, d.Tier,
            row.ExternalKeys, row.CsmId, row.Stage, row.StageEnteredAt, row.SideState,
            row.Health?.Score, row.Health?.Band,
            [.. row.Alerts.Where(a => a.Open)
                .Select(a => new OpenAlert(a.AlertId, RiskCategory.Name(a.Category), a.Severity!))],
            row.FirstUseAt, row.Answers, last?.EndsOn, last?.RenewalOpen ?? false, row.RegisteredAt, row.RecordedAt);
    }
}

/// <summary>A churn-risk alert that stands open.</summary>
/// <param name="Severity">high, medium or low.</param>
internal sealed record OpenAlert(Guid AlertId, string Category, string Severity);
