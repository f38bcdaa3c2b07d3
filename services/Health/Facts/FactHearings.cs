using CsPlatform.Backbone;
using CsPlatform.Contracts.Accounts.V1;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Contracts.Feedback.V1;
using CsPlatform.Contracts.Renewals.V1;
using CsPlatform.Health.Scores;

namespace CsPlatform.Health.Facts;

/// <summary>
/// Takes in what others tell of an account and judges it at once. A repeat changes no fact, and so no score.
/// </summary>
internal static class FactHearings
{
    public static void HearFacts(this Hearings bus)
    {
        bus.Hear<AccountRegistered, Assessor>(m => m.AccountId, (assessor, m, ct) =>
            assessor.Assess(m.AccountId, (c, _) => FactWriter.Write(c, m, ct), ct));
        bus.Hear<AccountDetailsCorrected, Assessor>(m => m.AccountId, (assessor, m, ct) =>
            assessor.Assess(m.AccountId, (c, _) => FactWriter.Write(c, m, ct), ct));
        bus.Hear<ExternalKeyLinked, Assessor>(m => m.AccountId, (assessor, m, ct) =>
            assessor.Assess(m.AccountId, (c, _) => FactWriter.Write(c, m, ct), ct));
        bus.Hear<CsmAssigned, Assessor>(m => m.AccountId, (assessor, m, ct) =>
            assessor.Assess(m.AccountId, (c, _) => FactWriter.Write(c, m, ct), ct));
        bus.Hear<StageEntered, Assessor>(m => m.AccountId, (assessor, m, ct) =>
            assessor.Assess(m.AccountId, (c, _) => FactWriter.Write(c, m, ct), ct));
        bus.Hear<SurveyAnswered, Assessor>(m => m.AccountId, (assessor, m, ct) =>
            assessor.Assess(m.AccountId, (c, now) => FactWriter.Write(c, m, now, ct), ct));
        bus.Hear<ContractSigned, Assessor>(m => m.AccountId, (assessor, m, ct) =>
            assessor.Assess(m.AccountId, (c, now) => FactWriter.Write(c, m, now, ct), ct));
        bus.Hear<RenewalOpened, Assessor>(m => m.AccountId, (assessor, m, ct) =>
            assessor.Assess(m.AccountId, (c, now) => FactWriter.Write(c, m, now, ct), ct));
        // A score a few milliseconds later costs nobody anything, a transaction for each notice does.
        bus.HearBatch<AccountDaysChanged, AccountDaysIntake>(
            messagesMax: 20, waitMax: TimeSpan.FromMilliseconds(5), concurrency: 2,
            (intake, messages, ct) => intake.TakeIn(messages, ct));
    }
}
