using System.Globalization;

namespace CsPlatform.Demo.Reporting;

internal static class Text
{
    public static void Heading(TextWriter output, string heading)
    {
        output.WriteLine();
        output.WriteLine(heading);
        output.WriteLine(new string('─', Math.Min(heading.Length, 100)));
    }

    public static string Ratio(double? value) => value is { } v ? v.ToString("0%", CultureInfo.InvariantCulture) : "–";

    /// <summary>Four digits, as the published figures.</summary>
    public static string Auc(double? value) => value is { } v ? v.ToString(".0000", CultureInfo.InvariantCulture) : "–";

    public static string Fit(string text, int width) =>
        text.Length > width ? text[..(width - 1)] + "…" : text.PadRight(width);
}
