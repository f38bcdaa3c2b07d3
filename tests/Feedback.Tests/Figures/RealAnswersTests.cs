using System.Globalization;
using CsPlatform.Feedback.Figures;

namespace CsPlatform.Feedback.Tests.Figures;

/// <summary>A telecom company's real NPS answers of 2017/18; skipped where the data set is not at hand.</summary>
public sealed class RealAnswersTests
{
    [Fact]
    public void Nps_of_1460_real_answers_is_minus_30()
    {
        var scores = ScoresIn(TestData.Path("feedback/nps_telecom/nps_to_2018-03.csv"));

        var nps = AccountFigures.NpsOf(scores);
        Assert.Equal((1_460, 399, 224, 837), (nps.N, nps.Promoters, nps.Passives, nps.Detractors));
        Assert.Equal(-30.0m, nps.Value);
    }

    // The score is the fifth column, before the free text: no column up to it is quoted. Empty: not answered.
    private static List<int> ScoresIn(string path) =>
    [
        .. File.ReadLines(path)
            .Select(line => line.Split(',', 6))
            .Where(cells => cells.Length >= 5 && int.TryParse(cells[0], out _) && cells[1].Contains('/'))
            .Where(cells => cells[4].Length > 0)
            .Select(cells => int.Parse(cells[4], CultureInfo.InvariantCulture)),
    ];
}
