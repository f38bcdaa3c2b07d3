using System.Reflection;
using System.Text.Json.Nodes;
using CsPlatform.Backbone;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Aggregation;

namespace CsPlatform.Architecture.Tests;

/// <summary>
/// What was stored once is read for ever: each event of each service has a file with its JSON as it was stored, and today's
/// code reads every one and writes it the same again. A file is added with an event, and never changed.
/// </summary>
public sealed class StoredEventTests
{
    public static TheoryData<string> Services => ["Accounts", "Engagement", "Feedback", "Health", "Renewals"];

    [Theory]
    [MemberData(nameof(Services))]
    public void Each_stored_event_is_read_as_it_was_written(string service)
    {
        var (options, types) = StoreOf(service);
        Assert.NotEmpty(types);
        foreach (var (name, type) in types)
        {
            var file = Path.Combine(Repository.Root, "tests", "Architecture.Tests", "StoredEvents", service, name + ".json");
            Assert.True(File.Exists(file), $"{file} is missing: a stored event needs its golden file.");
            Assert.Null(Difference(options, type, File.ReadAllText(file)));
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Each_file_is_of_an_event_that_is_still_read(string service)
    {
        var (_, types) = StoreOf(service);
        Assert.Equal(
            types.Keys.Order(StringComparer.Ordinal),
            Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Architecture.Tests", "StoredEvents", service), "*.json")
                .Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_member_that_was_renamed_is_seen()
    {
        var (options, types) = StoreOf("Accounts");

        Assert.NotNull(Difference(options, types["csm_assigned.v1"], """{ "csm": "usr_1", "occurredAt": "2026-01-02T03:04:05Z" }"""));
    }

    [Fact]
    public void Two_events_of_one_name_are_refused_at_start() =>
        Assert.Contains("both stored as sample.v1", Refusal(typeof(SampleEvent), typeof(SecondSample)), StringComparison.Ordinal);

    [Fact]
    public void Event_that_is_folded_and_has_no_name_is_refused_at_start() => Assert.Contains(
        $"{nameof(NamelessSample)} has no stored name",
        Refusal(typeof(SampleEvent), typeof(NamelessSample)), StringComparison.Ordinal);

    private static string Refusal(params Type[] types)
    {
        var options = new StoreOptions();
        options.Projections.Add<SampleProjection>(ProjectionLifecycle.Inline);
        return Assert.Throws<InvalidOperationException>(() => StoredEvents.Map(options, types)).Message;
    }

    /// <summary>Null when the text is read and written again with the same members and values.</summary>
    private static string? Difference(StoreOptions options, Type type, string stored)
    {
        using var bytes = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(stored));
        var written = JsonNode.Parse(options.Serializer().ToJson(options.Serializer().FromJson(type, bytes)));
        return JsonNode.DeepEquals(written, JsonNode.Parse(stored)) ? null : $"{type.Name}: {stored} is written again as {written}";
    }

    private static (StoreOptions Options, IReadOnlyDictionary<string, Type> Types) StoreOf(string service)
    {
        var configure = Assembly.Load($"CsPlatform.{service}").GetType($"CsPlatform.{service}.EventModel")!
            .GetMethod("Configure")!.CreateDelegate<Action<StoreOptions>>();
        var options = EventStore.Options(service.ToLowerInvariant(), configure, TimeProvider.System);
        var types = ((IReadOnlyStoreOptions)options).Events.AllKnownEventTypes()
            .Where(t => t.EventType.Namespace!.StartsWith("CsPlatform.", StringComparison.Ordinal))
            .ToDictionary(t => t.EventTypeName, t => t.EventType);
        return (options, types);
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
