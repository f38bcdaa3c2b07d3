using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Timeline;
using static CsPlatform.Accounts.Tests.AccountSpec;

namespace CsPlatform.Accounts.Tests.Timeline;

public class AccountTimelineProjectionTests
{
    [Fact]
    public void An_entry_says_when_it_was_so_when_we_learned_it_and_who_did_it()
    {
        var entry = AccountTimelineProjection.Entry(
            GivenAcme(new StageEntered(Stage.FirstContact, "met", Now.AddDays(-1))).Events.Last())!;

        Assert.Equal(("stageEntered", 2L, "anna", Now.AddDays(-1), Now.AddMinutes(1)),
            (entry.Kind, entry.Version, entry.Author, entry.OccurredAt, entry.RecordedAt));
        Assert.Equal(new Dictionary<string, string> { ["stage"] = "firstContact", ["reason"] = "met" }, entry.Text);
    }

    [Fact]
    public void A_correction_shows_old_and_new()
    {
        var e = new AccountDetailsCorrected(Acme, [new("plan", "basic", "pro"), new("city", null, "Berlin")], Now);

        Assert.Equal(
            new Dictionary<string, string> { ["plan.from"] = "basic", ["plan.to"] = "pro", ["city.to"] = "Berlin" },
            AccountTimelineProjection.Entry(GivenAcme(e).Events.Last())!.Text);
    }

    [Fact]
    public void A_category_that_was_stored_in_the_spelling_of_old_is_shown_in_todays()
    {
        var entry = AccountTimelineProjection.Entry(GivenAcme(new RiskRaised(
            Id, Id, "usage_drop", "high", "Use fell", 1, Now)).Events.Last())!;

        Assert.Equal("usage_drop", entry.Text["category"]);
        Assert.Equal("usageDrop", entry.Shown().Text["category"]);
    }

    [Fact]
    public void Every_fact_has_a_wording()
    {
        var facts = typeof(IAccountEvent).Assembly.GetTypes().Where(
            t => t.IsClass && t.IsAssignableTo(typeof(IAccountEvent)));
        foreach (var type in facts)
        {
            var fact = (IAccountEvent)Sample(type);
            Assert.NotNull(AccountTimelineProjection.Entry(Given(fact).Events.Single()));
            Assert.Equal(
                fact is IMilestone,
                AccountTimelineProjection.Entry(Given(fact).Events.Single())!.MessageId is not null);
        }
    }

    private static object Sample(Type type) => type.GetConstructors().Single() is var constructor
        ? constructor.Invoke([.. constructor.GetParameters().Select(p => Value(p.ParameterType))])
        : throw new InvalidOperationException();

    private static object? Value(Type type) => type switch
    {
        _ when type == typeof(string) => "text",
        _ when type == typeof(AccountDetails) => Acme,
        _ when type == typeof(IReadOnlyList<DetailChange>) => Array.Empty<DetailChange>(),
        _ when type == typeof(IReadOnlyDictionary<string, string>) => new Dictionary<string, string>(),
        _ => Activator.CreateInstance(type),
    };
}
