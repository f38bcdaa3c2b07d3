using System.Diagnostics;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>A fault that must last a while.</summary>
internal static class Lasting
{
    /// <summary>Does something again and again, at least once, until the time is over.</summary>
    public static async Task SpendAsync(this TimeSpan time, Func<Task> again)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        var since = Stopwatch.GetTimestamp();
        do
        {
            await again();
        }
        while (Stopwatch.GetElapsedTime(since) < time && await pace.WaitForNextTickAsync());
    }
}
