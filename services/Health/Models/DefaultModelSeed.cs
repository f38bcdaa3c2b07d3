using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Models;

/// <summary>
/// Publishes the model that comes with the product when the service first starts; replicas may race for it.
/// </summary>
internal sealed class DefaultModelSeed(IDocumentStore store, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromSeconds(1));
        do
        {
            try
            {
                await Current(stoppingToken);
                return;
            }
            catch (Exception e) when (Faults.IsOutage(e))
            {
                // The database is away: /health says so, and this tries again.
            }
        }
        while (await retry.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>The versions of the default model, of which there is at least one.</summary>
    public async Task<ModelHistory> Current(CancellationToken ct)
    {
        var streamId = ModelHistory.StreamId(DefaultModel.Id);
        await using var session = store.LightweightSession();
        if (await session.LoadAsync<ModelHistory>(streamId, ct) is { } known)
            return known;

        session.LastModifiedBy = "system";
        session.Events.StartStream<ModelHistory>(streamId, new ModelPublished(
            DefaultModel.Version1, "Comes with the product.", clock.GetUtcNow()));
        try
        {
            await session.SaveChangesAsync(ct);
        }
        catch (Exception e) when (Faults.IsAppendRace(e))
        {
            // Another replica was first, with the same.
        }
        await using var fresh = store.QuerySession();
        return (await fresh.LoadAsync<ModelHistory>(streamId, ct))!;
    }
}
