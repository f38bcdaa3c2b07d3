using System.Diagnostics;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Health.Scores;
using MassTransit;

namespace CsPlatform.Health.Facts;

/// <summary>
/// Takes in the changed days of many accounts in one transaction, since usage comes in crowds. The bus continues one
/// message's trace only: each message gets an activity in its own, and the events of its account name that one.
/// </summary>
internal sealed class AccountDaysConsumer(Assessor assessor) : IConsumer<Batch<AccountDaysChanged>>
{
    private static readonly ActivitySource Source = new("CsPlatform.Health");

    public async Task Consume(ConsumeContext<Batch<AccountDaysChanged>> context)
    {
        var traces = context.Message
            .GroupBy(m => m.Message.AccountId)
            .ToDictionary(notices => notices.Key, Continue);
        try
        {
            var notices = context.Message.Select(m => m.Message).ToList();
            await assessor.Assess(
                traces.Keys,
                (connection, now) => FactWriter.Write(connection, notices, now, context.CancellationToken),
                accountId => traces[accountId]?.Id,
                context.CancellationToken);
        }
        catch (Exception e)
        {
            foreach (var trace in traces.Values)
                trace?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw;
        }
        finally
        {
            foreach (var trace in traces.Values)
                trace?.Dispose();
        }
    }

    /// <summary>One account's notices in a batch: the trace of the first, with links to the others'.</summary>
    private static Activity? Continue(IEnumerable<ConsumeContext<AccountDaysChanged>> notices)
    {
        var origins = notices
            .Select(n => n.Headers.Get<string>("MT-Activity-Id") ?? n.Headers.Get<string>("traceparent"))
            .Select(id => ActivityContext.TryParse(id, null, isRemote: true, out var origin) ? origin : default)
            .ToList();
        var batch = Activity.Current;
        if (batch is not null)
            origins.Add(batch.Context);
        var activity = Source.StartActivity(
            "assess account", ActivityKind.Consumer, origins[0],
            links: origins.Skip(1).Where(o => o.TraceId != default).Select(o => new ActivityLink(o)));
        // Starting it made it current; the batch's own work must not end up inside one account's.
        Activity.Current = batch;
        return activity;
    }
}

/// <summary>Waits a moment for company: a score a few milliseconds later costs nobody anything, a transaction each does.</summary>
internal sealed class AccountDaysConsumerDefinition : ConsumerDefinition<AccountDaysConsumer>
{
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<AccountDaysConsumer> consumerConfigurator,
        IRegistrationContext context) =>
        consumerConfigurator.Options<BatchOptions>(options => options
            .SetMessageLimit(100)
            .SetTimeLimit(TimeSpan.FromMilliseconds(20))
            .SetConcurrencyLimit(2));
}
