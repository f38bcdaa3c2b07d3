using CsPlatform.Bench.Running;

namespace CsPlatform.Bench.Measuring;

/// <summary>One measurement; it gives one line of the table, or several that are measured together.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Lines">The lines that it gives, in order.</param>
/// <param name="Measure">Gives a pair for each line.</param>
internal sealed record Row(
    string Name, IReadOnlyList<Line> Lines,
    Func<BenchSystem, CancellationToken, Task<IReadOnlyList<Pair>>> Measure);

/// <param name="Name">The row's name, and which of its lines.</param>
/// <param name="Subject">What of CsPlatform is measured.</param>
/// <param name="Baseline">What it is held against.</param>
/// <param name="Unit">Of both. More is better for what is counted per second, less for times and memory.</param>
internal sealed record Line(string Name, string Subject, string Baseline, string Unit);

/// <summary>A line of the table with what was measured.</summary>
internal sealed record Result(Line Line, Pair Pair);
