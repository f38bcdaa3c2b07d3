using System.Globalization;
using CsPlatform.Bench.Measuring;

namespace CsPlatform.Bench.Reporting;

/// <summary>Numbers for people: three digits that mean something, no more.</summary>
internal static class Figures
{
    public static string Of(double value) => value.ToString(value switch
    {
        >= 100 => "#,0",
        >= 10 => "0.0",
        >= 0.1 => "0.00",
        _ => "0.0000",
    }, CultureInfo.InvariantCulture);

    /// <summary>Median, and in brackets the least and the greatest; one value stands alone.</summary>
    public static string WithSpread(Samples samples) => samples.Values.Count == 1
        ? Of(samples.Median)
        : $"{Of(samples.Median)} ({Of(samples.Min)}–{Of(samples.Max)})";

    /// <summary>The programs that had at least a hundredth of a core, the busiest first.</summary>
    public static string Cores(Samples samples) => string.Join(", ", samples.Cores
        .Where(c => c.Value >= 0.01).OrderByDescending(c => c.Value)
        .Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:0.00}")));
}
