using System.Diagnostics;
using CsPlatform.ServiceDefaults;
using OpenTelemetry.Trace;

namespace CsPlatform.Architecture.Tests;

/// <summary>Which span begins a trace; pure.</summary>
public sealed class RootsWithAStoryTests
{
    private readonly Watch watch = new();

    [Theory]
    [InlineData("POST /v1/events", ActivityKind.Server, true)]
    [InlineData("hear AccountDaysChanged", ActivityKind.Consumer, true)]
    [InlineData("select 1", ActivityKind.Client, false)]
    [InlineData("marten.daemon.highwatermark", ActivityKind.Internal, false)]
    public void What_polls_begins_no_trace(string name, ActivityKind kind, bool begins) =>
        Assert.Equal(begins, Begins(new(int.MaxValue, watch), name, kind));

    [Fact]
    public void So_many_begin_in_each_second_and_no_more()
    {
        var sampler = new RootsWithAStory(perSecond: 2, watch);

        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => Begins(sampler)));
        watch.Seconds = 1;
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => Begins(sampler)));
    }

    private static bool Begins(
        RootsWithAStory sampler, string name = "POST /v1/events", ActivityKind kind = ActivityKind.Server) =>
        sampler.ShouldSample(new(default, ActivityTraceId.CreateRandom(), name, kind)).Decision
            == SamplingDecision.RecordAndSample;

    private sealed class Watch : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
