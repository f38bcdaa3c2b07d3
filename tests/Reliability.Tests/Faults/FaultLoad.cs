using CsPlatform.Reliability.Tests.Load;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>
/// What goes on while a fault lasts, at every service: use over both transports, new accounts, answers, contracts, and
/// a sweep that finds a customer silent. What gets no answer is tried again until it does.
/// </summary>
internal sealed class FaultLoad(FaultSystem system, string name) : IAsyncDisposable
{
    private const int UseDays = 35, SilentDays = 21, NewDays = 4, EventsPerDay = 5;

    private readonly AccountLife life = new(system);
    private readonly UsageLoad use = new(system);
    private Guid customer;

    /// <summary>
    /// A customer, and one who was active for weeks and has said nothing since; nobody has looked yet.
    /// </summary>
    public async Task PrepareAsync()
    {
        customer = await life.RegisterAsync(name);
        var silent = await life.RegisterAsync($"{name}-silent");
        await use.SendAsync(
            UsagePlan.Make(1, $"{name}-past", [$"crm/{name}-silent"], system.Now, UseDays, eventsPerDay: 2));
        await system.UntilAtRestAsync();
        await system.MoveToAsync(system.Now.AddDays(SilentDays));
        system.Expected.FellSilent(silent);
    }

    public Task RunAsync(CancellationToken over) =>
        Task.WhenAll(UseAsync(over), WorkAsync(over), system.SweepAsync("health"));

    public ValueTask DisposeAsync() => use.DisposeAsync();

    /// <summary>Of a few days, again and again with new ids.</summary>
    private async Task UseAsync(CancellationToken over)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        for (var round = 0; !over.IsCancellationRequested; round++)
        {
            await use.SendAsync(
                UsagePlan.Make(round, $"{name}-{round}", [$"crm/{name}"], system.Now, NewDays, EventsPerDay));
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Of people; one thing after the other at each service.</summary>
    private Task WorkAsync(CancellationToken over)
    {
        return Task.WhenAll(
            AgainAsync(round => life.RegisterAsync($"{name}-{round}")),
            AgainAsync(round => life.AnswerAsync(customer, round % 11)),
            AgainAsync(round => life.SignAsync(customer, 200 + round)));

        async Task AgainAsync(Func<int, Task> act)
        {
            using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1));
            for (var round = 0; !over.IsCancellationRequested; round++)
            {
                await act(round);
                await pace.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }
}
