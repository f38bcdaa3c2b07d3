using System.Globalization;

namespace CsPlatform.Fuzz;

/// <summary>How a run goes.</summary>
/// <param name="Seconds">How long.</param>
/// <param name="Seed">Of the mutations: the same seed and corpus give the same inputs.</param>
/// <param name="IsInstrumented">This process runs the instrumented copy.</param>
/// <param name="KeepsCorpus">False for a run that shall not depend on earlier ones.</param>
internal sealed record FuzzOptions(int Seconds, int Seed, bool IsInstrumented, bool KeepsCorpus)
{
    private const string Instrumented = "--instrumented", Fresh = "--fresh";

    /// <returns>Null where an argument is not understood.</returns>
    public static FuzzOptions? Parse(string[] args)
    {
        var options = new FuzzOptions(60, Random.Shared.Next(), IsInstrumented: false, KeepsCorpus: true);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case Instrumented:
                    options = options with { IsInstrumented = true };
                    break;
                case Fresh:
                    options = options with { KeepsCorpus = false };
                    break;
                case "--seconds" when i + 1 < args.Length && Number(args[++i]) is { } seconds and > 0:
                    options = options with { Seconds = seconds };
                    break;
                case "--seed" when i + 1 < args.Length && Number(args[++i]) is { } seed:
                    options = options with { Seed = seed };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }

    public IEnumerable<string> ForCopy() =>
    [
        Instrumented, "--seconds", $"{Seconds}", "--seed", $"{Seed}", .. KeepsCorpus ? Array.Empty<string>() : [Fresh],
    ];

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
