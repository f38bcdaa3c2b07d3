using CsPlatform.AccountDirectory;
using CsPlatform.Contracts.Accounts.V1;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Contracts.Feedback.V1;
using CsPlatform.Contracts.Renewals.V1;
using CsPlatform.Health.Facts;
using Npgsql;

namespace CsPlatform.Health.Assessing;

/// <summary>
/// Takes in what others tell of an account and judges it at once. A repeat changes no fact, and so no score.
/// </summary>
internal static class FactHearings
{
    public static void HearFacts(this Hearings bus)
    {
        bus.Hear<AccountRegistered, DirectoryIntake>(m => m.AccountId, (intake, m, ct) =>
            intake.TakeIn(m.AccountId, (directory, c) => directory.Write(c, m, ct), ct));
        bus.Hear<AccountDetailsCorrected, DirectoryIntake>(m => m.AccountId, (intake, m, ct) =>
            intake.TakeIn(m.AccountId, (directory, c) => directory.Write(c, m, ct), ct));
        bus.Hear<ExternalKeyLinked, DirectoryIntake>(m => m.AccountId, (intake, m, ct) =>
            intake.TakeIn(m.AccountId, (directory, c) => directory.Write(c, m, ct), ct));
        bus.Hear<CsmAssigned, DirectoryIntake>(m => m.AccountId, (intake, m, ct) =>
            intake.TakeIn(m.AccountId, (directory, c) => directory.Write(c, m, ct), ct));
        bus.Hear<StageEntered, DirectoryIntake>(m => m.AccountId, (intake, m, ct) =>
            intake.TakeIn(m.AccountId, (directory, c) => directory.Write(c, m, ct), ct));
        bus.Hear<SurveyAnswered, Assessor>(m => m.AccountId, (assessor, m, ct) =>
            assessor.Assess(m.AccountId, (c, now) => FactWriter.Write(c, m, now, ct), ct));
        bus.Hear<AnswerMoved, Assessor>(m => m.AccountId, (assessor, m, ct) =>
            assessor.Assess(
                [m.FromAccountId, m.AccountId], (c, now) => FactWriter.Write(c, m, now, ct), traceOf: null, ct));
        bus.Hear<AnswerWithdrawn, Assessor>(m => m.AccountId, (assessor, m, ct) =>
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

/// <summary>Writes the directory and judges the account, in one transaction.</summary>
internal sealed class DirectoryIntake(DirectoryTable directory, Assessor assessor)
{
    public Task TakeIn(Guid accountId, Func<DirectoryTable, NpgsqlConnection, Task> write, CancellationToken ct) =>
        assessor.Assess(accountId, (connection, _) => write(directory, connection), ct);
}
