using System.Text.Json;
using CsPlatform.Bench.Measuring;

namespace CsPlatform.Bench.Reporting;

/// <summary>All values of a run, for comparing runs.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Write(string path, IReadOnlyList<Result> results, Machine machine, DateTimeOffset measuredAt)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(new
        {
            MeasuredAt = measuredAt,
            Machine = machine with { },
            Rows = results.Select(r => new
            {
                r.Line.Name,
                r.Line.Unit,
                Subject = Side(r.Line.Subject, r.Pair.Subject),
                Baseline = Side(r.Line.Baseline, r.Pair.Baseline),
                Ratio = Side("subject over baseline, round by round", r.Pair.Ratio),
            }),
        }, Json));
    }

    private static object Side(string what, Samples samples) =>
        new { What = what, samples.Median, samples.Min, samples.Max, samples.Values, samples.Cores };
}
