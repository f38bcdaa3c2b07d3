using System.Diagnostics;
using CsPlatform.Demo.Replaying;

namespace CsPlatform.Demo.Running;

/// <summary>A line that moves where there is a terminal, and one for each month where there is none.</summary>
internal sealed class Progress(int days, Func<int> alerts, TextWriter output, bool hasTerminal)
{
    private readonly long start = Stopwatch.GetTimestamp();
    private int done;
    private long events;

    public void On(DayFigures day)
    {
        done++;
        events += day.Events;
        if (hasTerminal)
            output.Write('\r' + Line(day.Date) + "  ");
        else if (done == days || day.Date.Day == 1)
            output.WriteLine(Line(day.Date));
        if (hasTerminal && done == days)
            output.WriteLine();
    }

    private string Line(DateOnly date) => $"  {date:yyyy-MM-dd}  day {done} of {days}  {events,7:N0} events  "
        + $"{alerts(),5:N0} alert messages  {done / Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} days/s";
}
