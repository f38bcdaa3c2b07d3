using CsPlatform.Accounts.Figures;
using CsPlatform.Accounts.Life;

namespace CsPlatform.Accounts.Table;

/// <summary>An account as the API shows it.</summary>
/// <param name="Version">Events in its stream: what <c>version</c> takes. The ETag counts its own facts alone.</param>
/// <param name="Details">Who the customer is.</param>
/// <param name="Stage">The journey stage, kept while a side state stands beside it; null before the first.</param>
/// <param name="SideState">escalation, churned, or null.</param>
/// <param name="OpenAlerts">Churn-risk alerts that are open.</param>
/// <param name="Figures">What the other services have worked out of it.</param>
/// <param name="RecordedAt">When the last of its facts was recorded, UTC.</param>
internal sealed record AccountView(
    Guid AccountId, long Version, AccountDetails Details, IReadOnlyList<ExternalKey> ExternalKeys, string? CsmId,
    Stage? Stage, DateTimeOffset? StageEnteredAt, Stage? SideState, IReadOnlyList<OpenAlert> OpenAlerts,
    DateTimeOffset? FirstUseAt, AccountFigures Figures, DateTimeOffset RegisteredAt, DateTimeOffset RecordedAt)
{
    public static AccountView Of(AccountRow row, AccountFigures figures) => new(
        row.Id, row.Version, row.Details, row.ExternalKeys, row.CsmId, row.Stage, row.StageEnteredAt, row.SideState,
        [.. row.Alerts.Where(a => a.Open).Select(a => new OpenAlert(a.AlertId, a.Category, a.Severity!))],
        row.FirstUseAt, figures, row.RegisteredAt, row.RecordedAt);
}

/// <summary>A churn-risk alert that stands open.</summary>
/// <param name="Severity">high, medium or low.</param>
internal sealed record OpenAlert(Guid AlertId, string Category, string Severity);
