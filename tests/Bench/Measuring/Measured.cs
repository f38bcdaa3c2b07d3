namespace CsPlatform.Bench.Measuring;

/// <summary>What one round gave.</summary>
/// <param name="Value">In the row's unit.</param>
/// <param name="Cores">How many cores each program had on average in the time that was taken.</param>
internal sealed record Measured(double Value, IReadOnlyDictionary<string, double> Cores);
