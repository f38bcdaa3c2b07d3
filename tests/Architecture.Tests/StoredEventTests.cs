using CsPlatform.Backbone;
using CsPlatform.ContractFiles;
using JasperFx;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Aggregation;

namespace CsPlatform.Architecture.Tests;

/// <summary>
/// What was stored once is read for ever: each event of each service has files with its JSON as it was stored, and
/// today's code reads every one and writes it the same again. <c>./cs contracts</c> adds them, and nobody changes one.
/// </summary>
public sealed class StoredEventTests
{
    public static TheoryData<string> Services => [.. Clone.Services];

    [Theory]
    [MemberData(nameof(Services))]
    public void Each_stored_event_is_read_as_it_was_written(string service)
    {
        var events = Clone.OfThisProgram().Events(service);

        Assert.NotEmpty(events.Types);
        Faults.AreNone(
            from name in events.Types.Keys
            let samples = events.Of(name)
            from fault in samples.Count == 0
                ? [$"{name} has no sample: ./cs contracts writes it"]
                : samples.Values.Select(sample => events.Difference(name, sample)).OfType<string>()
            select fault);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Each_sample_is_of_an_event_that_is_still_read(string service) =>
        Assert.Empty(Clone.OfThisProgram().Events(service).OfNoType());

    [Fact]
    public void A_member_that_was_renamed_is_seen() => Assert.NotNull(Clone.OfThisProgram().Events("Accounts")
        .Difference("csm_assigned.v1", """{ "csm": "usr_1", "occurredAt": "2026-01-02T03:04:05Z" }"""));

    [Fact]
    public void Two_events_of_one_name_are_refused_at_start() =>
        Assert.Contains(
            "both stored as sample.v1", Refusal(typeof(SampleEvent), typeof(SecondSample)), StringComparison.Ordinal);

    [Fact]
    public void Event_that_is_folded_and_has_no_name_is_refused_at_start() => Assert.Contains(
        $"{nameof(NamelessSample)} has no stored name",
        Refusal(typeof(SampleEvent), typeof(NamelessSample)), StringComparison.Ordinal);

    [Fact]
    public async Task Event_that_is_appended_and_has_no_name_is_refused_before_it_is_saved()
    {
        var options = new StoreOptions();
        options.Connection("Host=nowhere.invalid;Database=none"); // it does not come so far
        options.AutoCreateSchemaObjects = AutoCreate.None;
        StoredEvents.Map(options, [typeof(SampleEvent), typeof(NamelessSample)]);
        using var store = new DocumentStore(options);
        await using var session = store.LightweightSession();
        session.Events.StartStream(Guid.AllBitsSet, new SampleEvent(), new NamelessSample());

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => session.SaveChangesAsync());

        Assert.Contains($"{nameof(NamelessSample)} has no stored name", refused.Message, StringComparison.Ordinal);
    }

    private static string Refusal(params Type[] types)
    {
        var options = new StoreOptions();
        options.Projections.Add<SampleProjection>(ProjectionLifecycle.Inline);
        return Assert.Throws<InvalidOperationException>(() => StoredEvents.Map(options, types)).Message;
    }
}

[Stored("sample.v1")]
internal sealed record SampleEvent;

[Stored("sample.v1")]
internal sealed record SecondSample;

internal sealed record NamelessSample;

internal sealed record SampleState(Guid Id);

internal sealed partial class SampleProjection : SingleStreamProjection<SampleState, Guid>
{
    public static SampleState Create(SampleEvent e) => new(Guid.Empty);

    public static SampleState Apply(NamelessSample e, SampleState state) => state;
}
