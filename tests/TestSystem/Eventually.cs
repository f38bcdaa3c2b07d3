using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace CsPlatform.TestSystem;

/// <summary>Waiting for what a distributed system does in its own time, without fixed sleeps.</summary>
public static class Eventually
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Polls until the condition holds; fails, naming it, when it does not in time.</summary>
    public static Task HoldsAsync(
        Func<Task<bool>> condition, TimeSpan? timeout = null,
        [CallerArgumentExpression(nameof(condition))] string? expression = null) =>
        PollAsync(async () => (await condition(), true), timeout, () => $"This did not come true: {expression}");

    /// <summary>Polls until there is a value (not null) and gives it back.</summary>
    public static Task<T> GetsAsync<T>(
        Func<Task<T?>> value, TimeSpan? timeout = null,
        [CallerArgumentExpression(nameof(value))] string? expression = null) where T : class =>
        PollAsync(async () => await value() is { } found ? (true, found) : (false, null!), timeout,
            () => $"This gave no value: {expression}");

    /// <summary>Polls until the assertions in the body hold; fails with the last failed assertion.</summary>
    public static async Task PassesAsync(Func<Task> assertions, TimeSpan? timeout = null)
    {
        Exception? last = null;
        await PollAsync(async () =>
        {
            try
            {
                await assertions();
                return (true, true);
            }
            catch (Exception e) when (e is Xunit.Sdk.XunitException or HttpRequestException)
            {
                last = e;
                return (false, false);
            }
        }, timeout, () => last?.Message ?? "never tried");
    }

    private static async Task<T> PollAsync<T>(
        Func<Task<(bool Done, T Value)>> attempt, TimeSpan? timeout, Func<string> failure)
    {
        var limit = timeout ?? DefaultTimeout;
        var since = Stopwatch.GetTimestamp();
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            if (await attempt() is (true, var value))
                return value;
            if (Stopwatch.GetElapsedTime(since) > limit)
                Assert.Fail($"{failure()} (waited {limit.TotalSeconds:0.#} s)");
            await poll.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
