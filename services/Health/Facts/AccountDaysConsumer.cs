using System.Diagnostics;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Health.Scores;
using MassTransit;

namespace CsPlatform.Health.Facts;

/// <summary>
/// Takes in the changed days of many accounts in one transaction, since usage comes in crowds. The bus continues the
/// message's trace; each account gets an activity in the trace of its own use, which its events name.
/// </summary>
internal sealed class AccountDaysConsumer(Assessor assessor) : IConsumer<AccountDaysChanged>
{
    private static readonly ActivitySource Source = new("CsPlatform.Health");

    public async Task Consume(ConsumeContext<AccountDaysChanged> context)
    {
        var traces = context.Message.Accounts.DistinctBy(a => a.AccountId).ToDictionary(a => a.AccountId, Continue);
        try
        {
            await assessor.Assess(
                traces.Keys,
                (connection, now) => FactWriter.Write(connection, context.Message, now, context.CancellationToken),
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

    /// <summary>The message's trace where it is the account's too, else the account's with a link to the message's.</summary>
    private static Activity? Continue(ChangedDays account)
    {
        var message = Activity.Current;
        var parent = ActivityContext.TryParse(account.Traceparent, null, isRemote: true, out var use) && use.TraceId != message?.TraceId
            ? use
            : message?.Context ?? default;
        var activity = Source.StartActivity(
            "assess account", ActivityKind.Consumer, parent,
            links: message is null || parent.TraceId == message.TraceId ? null : [new(message.Context)]);
        // Starting it made it current; the other accounts' work must not end up inside this one's.
        Activity.Current = message;
        return activity;
    }
}
