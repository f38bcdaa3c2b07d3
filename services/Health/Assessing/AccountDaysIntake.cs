using System.Diagnostics;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Health.Facts;

namespace CsPlatform.Health.Assessing;

/// <summary>
/// Takes in the changed days of many accounts in one transaction, since usage comes in crowds, and after an outage in
/// many notices at once. Each account gets an activity in the trace of its own use, which its events name.
/// </summary>
internal sealed class AccountDaysIntake(Assessor assessor)
{
    private static readonly ActivitySource Source = new("CsPlatform.Health");

    public async Task TakeIn(IReadOnlyList<AccountDaysChanged> messages, CancellationToken cancellationToken)
    {
        var accounts = messages.SelectMany(m => m.Accounts).ToList();
        var traces = accounts.DistinctBy(a => a.AccountId).ToDictionary(a => a.AccountId, Continue);
        try
        {
            await assessor.Assess(
                traces.Keys,
                (connection, now) => FactWriter.Write(connection, accounts, now, cancellationToken),
                accountId => traces[accountId]?.Id,
                cancellationToken);
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

    /// <summary>The trace of the account's use goes on, with a link to the batch's.</summary>
    private static Activity? Continue(ChangedDays account)
    {
        var batch = Activity.Current;
        ActivityContext.TryParse(account.Traceparent, null, isRemote: true, out var use);
        var activity = Source.StartActivity(
            "assess account", ActivityKind.Consumer, use == default && batch is not null ? batch.Context : use,
            links: batch is null ? null : [new(batch.Context)]);
        // Starting it made it current; the other accounts' work must not end up inside this one's.
        Activity.Current = batch;
        return activity;
    }
}
