using CsPlatform.Health.Alerts;
using CsPlatform.Health.Scores;

namespace CsPlatform.Health.Assessing;

/// <summary>Puts decided events on their streams, each in the trace of the message that led to it.</summary>
internal sealed class Appender(IDocumentSession session, Func<Guid, string?>? traceOf)
{
    public void Append(Assessment assessment)
    {
        if (assessment.Events.Count == 0)
            return;

        var accountId = assessment.Facts.Account.AccountId;
        if (assessment.Before is null)
            session.Events.StartStream<AccountHealth>(accountId, Traced(accountId, assessment.Events));
        else
            session.Events.Append(accountId, Traced(accountId, assessment.Events));
    }

    public void Append(Guid accountId, Alert? current, IReadOnlyList<IAlertEvent> events)
    {
        if (events.Count == 0)
            return;

        if (events[0] is AlertRaised { Alert.AlertId: var raised })
            session.Events.StartStream<Alert>(raised, Traced(accountId, events));
        else if (events[0] is AlertSeeded { Alert.AlertId: var seeded })
            session.Events.StartStream<Alert>(seeded, Traced(accountId, events));
        else
            // people act on it too
            session.Events.Append(current!.Id, current.Version + events.Count, Traced(accountId, events));
    }

    private object[] Traced(Guid accountId, IReadOnlyList<object> events)
    {
        if (traceOf?.Invoke(accountId) is not { } trace)
            return [.. events];

        return [.. events.Select(e =>
        {
            var traced = session.Events.BuildEvent(e);
            traced.SetHeader(EventStore.TraceHeader, trace);
            return traced;
        })];
    }
}
