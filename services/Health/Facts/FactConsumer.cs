using CsPlatform.Contracts.Accounts.V1;
using CsPlatform.Contracts.Feedback.V1;
using CsPlatform.Contracts.Renewals.V1;
using CsPlatform.Health.Scores;
using MassTransit;
using Npgsql;

namespace CsPlatform.Health.Facts;

/// <summary>Takes in one fact and judges its account at once. A repeat changes no fact, and so no score.</summary>
internal sealed class FactConsumer(Assessor assessor) :
    IConsumer<AccountRegistered>, IConsumer<AccountDetailsCorrected>, IConsumer<ExternalKeyLinked>, IConsumer<CsmAssigned>,
    IConsumer<StageEntered>, IConsumer<SurveyAnswered>, IConsumer<ContractSigned>, IConsumer<RenewalOpened>
{
    public Task Consume(ConsumeContext<AccountRegistered> context) =>
        TakeIn(context, context.Message.AccountId, (c, _, ct) => FactWriter.Write(c, context.Message, ct));

    public Task Consume(ConsumeContext<AccountDetailsCorrected> context) =>
        TakeIn(context, context.Message.AccountId, (c, _, ct) => FactWriter.Write(c, context.Message, ct));

    public Task Consume(ConsumeContext<ExternalKeyLinked> context) =>
        TakeIn(context, context.Message.AccountId, (c, _, ct) => FactWriter.Write(c, context.Message, ct));

    public Task Consume(ConsumeContext<CsmAssigned> context) =>
        TakeIn(context, context.Message.AccountId, (c, _, ct) => FactWriter.Write(c, context.Message, ct));

    public Task Consume(ConsumeContext<StageEntered> context) =>
        TakeIn(context, context.Message.AccountId, (c, _, ct) => FactWriter.Write(c, context.Message, ct));

    public Task Consume(ConsumeContext<SurveyAnswered> context) =>
        TakeIn(context, context.Message.AccountId, (c, now, ct) => FactWriter.Write(c, context.Message, now, ct));

    public Task Consume(ConsumeContext<ContractSigned> context) =>
        TakeIn(context, context.Message.AccountId, (c, now, ct) => FactWriter.Write(c, context.Message, now, ct));

    public Task Consume(ConsumeContext<RenewalOpened> context) =>
        TakeIn(context, context.Message.AccountId, (c, now, ct) => FactWriter.Write(c, context.Message, now, ct));

    private async Task TakeIn(
        ConsumeContext context, Guid accountId, Func<NpgsqlConnection, DateTimeOffset, CancellationToken, Task> write) =>
        await assessor.Assess(
            [accountId], (connection, now) => write(connection, now, context.CancellationToken), traceOf: null, context.CancellationToken);
}
