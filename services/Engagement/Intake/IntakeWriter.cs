using System.Diagnostics;
using System.Threading.Channels;
using CsPlatform.Engagement.Submissions;
using CsPlatform.Engagement.UsageEvents;
using CsPlatform.Engagement.Writing;

namespace CsPlatform.Engagement.Intake;

/// <summary>
/// Groups whatever requests and deliveries are there into one transaction: while one commits, the next group gathers.
/// A caller hears nothing before its commit.
/// </summary>
internal sealed partial class IntakeWriter(
    WriteUsage usage, IntakeSettings settings, ILogger<IntakeWriter> log) : BackgroundService
{
    private const int Tries = 5;

    private readonly Channel<Submission> queue = Channel.CreateBounded<Submission>(settings.Waiting);

    /// <summary>Submissions that wait for their group.</summary>
    public int Waiting => queue.Reader.Count;

    /// <summary>Returns after the commit; the submission then has its results.</summary>
    /// <exception cref="TimeoutException">No place in the queue.</exception>
    public async Task Write(Submission submission, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(settings.QueueTimeoutSeconds));
        try
        {
            await queue.Writer.WriteAsync(submission, patience.Token);
        }
        catch (Exception e) when (e is ChannelClosedException || !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The intake is full, or stopping.", e);
        }

        await submission.Committed;
        IntakeTelemetry.Count(submission);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What was taken in is written; what comes now is refused.
        queue.Writer.TryComplete();
        CrashPoint.Reach("intake-draining");
        if (ExecuteTask is { } writing)
            await Task.WhenAny(writing, Task.Delay(Timeout.Infinite, cancellationToken));
        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, settings.Writers).Select(_ => Task.Run(WriteGroups, CancellationToken.None)));

    private async Task WriteGroups()
    {
        var group = new List<Submission>();
        while (await queue.Reader.WaitToReadAsync())
        {
            var items = 0;
            while (items < settings.TransactionItems && queue.Reader.TryRead(out var next))
            {
                group.Add(next);
                items += next.Items.Count;
            }

            if (group.Count > 0)
                await WriteGroup(group);
            group.Clear();
        }
    }

    private async Task WriteGroup(List<Submission> group)
    {
        using var activity = StartActivity(group);
        try
        {
            await WriteEntries([.. group.SelectMany(s => s.Entries())]);
            group.ForEach(s => s.Succeed());
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            LogFailed(e, group.Count);
            group.ForEach(s => s.Fail(e));
        }
    }

    /// <summary>
    /// One item that PostgreSQL does not take must not take its neighbours along: halves, until it stands alone.
    /// </summary>
    private async Task WriteEntries(IReadOnlyList<Entry> entries)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await usage.Write(entries);
                return;
            }
            catch (Exception e) when (
                attempt < Tries && (WriteUsage.IsLostRace(e) || (attempt == 1 && Faults.IsOutage(e))))
            {
                // Nothing stands, or all of it does and is then seen as a repeat: trying again is safe either way.
                LogAgain(e, attempt);
                await Task.Delay(Random.Shared.Next(5 * attempt));
            }
            catch (Exception e) when (WriteUsage.IsAboutTheData(e, out var code))
            {
                if (entries.Count == 1)
                {
                    LogUnstorable(e, code);
                    await Refuse(entries[0], code);
                    return;
                }

                await WriteEntries([.. entries.Take(entries.Count / 2)]);
                await WriteEntries([.. entries.Skip(entries.Count / 2)]);
                return;
            }
        }
    }

    private async Task Refuse(Entry entry, string code)
    {
        var refusal = new UsageEventRefusedException(
            IntakeCodes.StorageRefused, $"The database does not take it ({code}).");
        entry.Submission.Results[entry.Index] = ItemResult.Refused(refusal);
        if (entry.Origin.ParksRefusals)
            await usage.Write(
                [.. new Submission(entry.Origin, [entry.Item with { Event = null, Refusal = refusal }]).Entries()]);
    }

    private static Activity? StartActivity(List<Submission> group)
    {
        // One caller's trace goes on; the others' are linked.
        ActivityContext.TryParse(group[0].Origin.Traceparent, null, isRemote: true, out var parent);
        var links = new List<ActivityLink>();
        foreach (var other in group.Skip(1).Take(32))
            if (ActivityContext.TryParse(other.Origin.Traceparent, null, isRemote: true, out var context))
                links.Add(new ActivityLink(context));
        return IntakeTelemetry.Source.StartActivity("write usage events", ActivityKind.Internal, parent, links: links);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Writing {Submissions} submissions failed")]
    private partial void LogFailed(Exception exception, int submissions);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Writing again after try {Attempt}")]
    private partial void LogAgain(Exception exception, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "An event that passed the edge cannot be stored ({SqlState})")]
    private partial void LogUnstorable(Exception exception, string sqlState);
}
