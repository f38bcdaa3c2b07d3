namespace CsPlatform.Reliability.Tests.Load;

/// <summary>
/// A season in the life of a few customers, which leads through every part of the platform: they are registered, one of
/// them late; use of five weeks comes in over both transports; they answer, sign, fall silent until somebody is
/// alarmed, and one comes back. In between a few things arrive that are no events.
/// </summary>
public sealed class Season(ReliabilitySystem system, int seed, string name)
{
    private const int UseDays = 35, SilentDays = 21;

    private readonly AccountLife life = new(system);

    /// <summary>Tries of the load that got no answer.</summary>
    public int Unanswered { get; private set; }

    /// <param name="meanwhile">Runs beside the load, e.g. kills.</param>
    public async Task RunAsync(int customers = 3, int eventsPerDay = 3, Func<Task>? meanwhile = null)
    {
        string[] keys = [.. Enumerable.Range(0, customers).Select(i => $"{name}-{i}")];
        var plan = UsagePlan.Make(seed, name, [.. keys.Select(k => $"crm/{k}")], system.Now, UseDays, eventsPerDay);
        await using var load = new UsageLoad(system);
        var beside = meanwhile?.Invoke() ?? Task.CompletedTask;

        var ids = new Guid[customers];
        await Task.WhenAll(
            load.SendAsync(plan),
            Task.Run(async () => ids[0] = await life.RegisterAsync(keys[0])),
            Task.Run(async () =>
            {
                for (var i = 1; i < customers - 1; i++)
                    ids[i] = await life.RegisterAsync(keys[i]);
            }));
        // The last one's use has waited for it, parked.
        ids[^1] = await life.RegisterAsync(keys[^1]);
        await system.UntilAtRestAsync();
        await load.PlantAsync("invalid-json", $"{{ this is {name}");
        await load.ConflictAsync(plan.Events.First());
        // One answer after the other, as contracts: of two at once, one death might be the death of both.
        await Task.WhenAll(
            Task.Run(async () =>
            {
                await life.AnswerAsync(ids[0], 9);
                await life.AnswerAsync(ids[1], 3);
                await life.AnswerAsync(ids[^1], 8);
            }),
            Task.Run(async () =>
            {
                await life.SignAsync(ids[0], 75);
                await life.SignAsync(ids[1], 70);
                await life.SignAsync(ids[^1], 200);
            }),
            life.EnterStageAsync(ids[0], "adoption"));
        await system.UntilAtRestAsync();

        await system.MoveToAsync(system.Now.AddDays(SilentDays));
        await Task.WhenAll(system.SweepAsync("health"), system.SweepAsync("renewals"));
        foreach (var id in ids)
            system.Expected.FellSilent(id);
        await load.SendAsync(UsagePlan.Make(seed + 1, $"{name}-back", [$"crm/{keys[0]}"], system.Now, 3, eventsPerDay));
        await beside;
        await system.UntilAtRestAsync();
        Unanswered = load.Unanswered;
    }
}
