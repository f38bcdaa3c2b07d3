using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Contracts.Feedback.V1;
using CsPlatform.Contracts.Health.V1;
using CsPlatform.Contracts.Renewals.V1;

namespace CsPlatform.Accounts.Figures;

/// <summary>
/// Everything that Accounts is told of figures, on a queue of its own: notices come in crowds, milestones go ahead.
/// </summary>
internal static class FigureHearings
{
    public static void HearFigures(this Hearings bus)
    {
        var figures = bus.Queue("figures");
        figures.Hear<HealthFiguresChanged, FigureTable>(
            m => m.Accounts[0].AccountId, (table, m, ct) => table.Write(m, ct));
        figures.Hear<UseFiguresChanged, FigureTable>(
            m => m.Accounts[0].AccountId, (table, m, ct) => table.Write(m, ct));
        figures.Hear<VoiceFiguresChanged, FigureTable>(
            m => m.Accounts[0].AccountId, (table, m, ct) => table.Write(m, ct));
        figures.Hear<ContractFiguresChanged, FigureTable>(
            m => m.Accounts[0].AccountId, (table, m, ct) => table.Write(m, ct));
    }
}
