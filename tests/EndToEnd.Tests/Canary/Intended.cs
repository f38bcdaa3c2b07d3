using CsPlatform.Contracts.Accounts.V1;
using CsPlatform.Contracts.Feedback.V1;

namespace CsPlatform.EndToEnd.Tests.Canary;

/// <summary>Where personal data is meant to be, all of it: README.md says the same in words.</summary>
internal static class Intended
{
    /// <summary>Told on: in messages between services, and in alerts.</summary>
    public static IReadOnlyList<string> ToBeSeen { get; } = Sorted(
    [
        In($"message on {BrokerNames.ExchangeOf(typeof(SurveyAnswered))}", "contact"),
        In($"message on {BrokerNames.ExchangeOf(typeof(AnswerMoved))}", "contact"),
        In($"message on {BrokerNames.ExchangeOf(typeof(CsmAssigned))}", "CSM", "CSM before"),
        In($"message on {Topology.AlertsExchange}", "CSM", "author", "reason of a snooze", "reason of a dismissal"),
        In("alert", "CSM", "author", "reason of a snooze", "reason of a dismissal"),
    ]);

    /// <summary>Kept, in the tables that are for it.</summary>
    public static IReadOnlyList<string> ToBeKept { get; } = Sorted(
    [
        In("accounts.mt_events", "contact", "CSM", "CSM before", "reason of a stage", "author"),
        In("accounts.mt_doc_timeline_entry", "contact", "CSM", "CSM before", "reason of a stage", "author"),
        In("accounts.mt_doc_account", "CSM"),
        In("accounts.mt_doc_account_row", "CSM"),
        In("engagement.usage_event", "user", "note", "extension", "user over AMQP", "note over AMQP", "extension over AMQP"),
        In("engagement.account_day_user", "user", "user over AMQP"),
        In("feedback.mt_events", "contact", "comment", "author", "reason of a move", "reason of a withdrawal"),
        In("feedback.mt_doc_accountanswer", "contact"),
        In("health.mt_events", "CSM", "reason of a snooze", "reason of a dismissal", "author"),
        In("health.mt_doc_alert", "CSM", "reason of a dismissal"),
        In("feedback.account_directory", "CSM"),
        In("health.account_directory", "CSM"),
        In("renewals.account_directory", "CSM"),
        In("health.survey_answer", "contact"),
        In("renewals.mt_events", "author"),
    ]);

    /// <summary>Here lies, whole, what could not be taken or handled.</summary>
    public static bool IsSetAside(string kept) =>
        kept.EndsWith(".parked_event", StringComparison.Ordinal) || kept.EndsWith(
            ".failed_message", StringComparison.Ordinal);

    private static IEnumerable<string> In(string place, params string[] kinds) => kinds.Select(
        kind => $"{kind}: {place}");

    private static string[] Sorted(IEnumerable<IEnumerable<string>> places) =>
        [.. places.SelectMany(p => p).Order(StringComparer.Ordinal)];
}
