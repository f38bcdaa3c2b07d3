using CsPlatform.Feedback.Answers;
using CsPlatform.Feedback.Figures;
using CsPlatform.ServiceDefaults;
using JasperFx.Events;

namespace CsPlatform.Feedback.Tests;

/// <summary>Named examples and the words given, when, then for answers.</summary>
internal static class AnswerSpec
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly Guid AnswerId = new("0195a000-0000-7000-8000-000000000001");
    public static readonly Guid AccountId = new("0195a000-0000-7000-8000-0000000000aa");

    public static TakeAnswer Nps9 { get; } =
        new(AccountId, "contact-1", Metric.Nps, 9, AnswerId, Comment: "Works for us.", AnsweredAt: Now.AddHours(-1));

    public static readonly AnswerGiven Answered =
        (AnswerGiven)Nps9.Decide(null, AnswerId, Now)[0];

    /// <summary>What was decided by "ann".</summary>
    public static Answer? Given(params IAnswerEvent[] events) =>
        events.Aggregate((Answer?)null, (answer, e) => e switch
        {
            AnswerGiven given => Answer.Create(given),
            AnswerWithdrawn withdrawn => answer!.Apply(ByAnn(withdrawn)),
            AnswerMoved moved => answer!.Apply(ByAnn(moved)),
            _ => throw new NotSupportedException($"{e}"),
        });

    private static Event<T> ByAnn<T>(T data) where T : notnull => new(data) { UserName = "ann" };

    public static IReadOnlyList<IAnswerEvent> When(
        this Answer? state, TakeAnswer command) => command.Decide(state, command.AnswerId ?? AnswerId, Now);

    public static void Refused(string code, Action when) =>
        Assert.Equal(code, Assert.Throws<RefusedException>(when).Code);

    /// <summary>An answer as the figures see it.</summary>
    public static AccountAnswer Row(
        string contact, Metric metric, int score, int daysAgo = 0, Scale? scale = null, int id = 0) =>
        new(
            new Guid(id, 0, 0, new byte[8]), AccountId, contact, metric, score, scale ?? Scale.StandardOf(metric),
            Now.AddDays(-daysAgo));
}
