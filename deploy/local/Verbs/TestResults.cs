using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using CsPlatform.Local.Processes;

namespace CsPlatform.Local.Verbs;

/// <summary>What one test project reports (xunit's XML).</summary>
internal sealed record TestResults(
    int Passed, int Failed, IReadOnlyList<TestProblem> Problems, IReadOnlyList<string> Skipped,
    IReadOnlyList<TestTime> Times)
{
    /// <returns>Null when there is no whole report: the process did not come to its end.</returns>
    public static TestResults? Read(string path)
    {
        try
        {
            return Parse(XDocument.Load(path));
        }
        catch (Exception e) when (e is IOException or XmlException)
        {
            return null;
        }
    }

    internal static TestResults Parse(XDocument report)
    {
        var tests = report.Descendants("test").ToList();
        List<XElement> With(string result) => tests.FindAll(t => (string?)t.Attribute("result") == result);
        string Text(XElement holder, string attribute) => (string?)holder.Attribute(attribute) ?? "";
        List<TestProblem> problems =
            [.. With("Fail").Select(t => Problem(Text(t, "name"), t)),
             // Clean-up and fixtures that failed outside any test.
             .. report.Descendants("error").Select(e => Problem($"{Text(e, "type")} {Text(e, "name")}", e))];
        return new(With("Pass").Count, problems.Count, problems,
            [.. With("Skip").Select(t => $"{Text(t, "name")}: {((string?)t.Element("reason"))?.Trim()}")],
            [.. tests.Select(t => new TestTime(Shown(Text(t, "name")), (double?)t.Attribute("time") ?? 0))]);
    }

    private static TestProblem Problem(string name, XElement holder) => new(Shown(name),
        holder.Element("failure") is { } failure
            ? $"{Shown((string?)failure.Element("message"))}\n{OurFrames((string?)failure.Element("stack-trace"))}"
            : "no message");

    // xunit writes control characters and quotes of messages and names as C# would.
    private static string Shown(string? text)
    {
        const int MostLines = 25;
        var lines = (text ?? "").Replace("\\\"", "\"").Trim().Split('\n');
        return string.Join('\n', lines.Length <= MostLines ? lines
            : [.. lines.Take(MostLines), $"… and {lines.Length - MostLines} more lines in .local/test/results"]);
    }

    private static string OurFrames(string? stack) => string.Join('\n', (stack ?? "").Split('\n')
        .Select(frame => frame.Trim())
        .Where(frame => frame.Length > 0 && !frame.StartsWith("at System.", StringComparison.Ordinal)
            && !frame.StartsWith("at InvokeStub_", StringComparison.Ordinal)));
}

/// <param name="Text">Message and stack.</param>
internal sealed record TestProblem(string Name, string Text);

/// <summary>How long a test took, without what it shares with others.</summary>
internal sealed record TestTime(string Name, double Seconds);

/// <summary>Prints each project's result as it comes, and adds up.</summary>
internal sealed class Tally(ProjectTimes projects)
{
    private const int SlowestShown = 10;

    private readonly Lock gate = new();
    private readonly List<TestTime> times = [];
    private int passed, failed, skipped;

    /// <summary>The run's one last line.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture,
        $"{passed} passed, {failed} failed{(skipped > 0 ? $", {skipped} skipped" : "")}");

    /// <summary>No test at all is no success.</summary>
    public int ExitCode => failed == 0 && passed > 0 ? 0 : 1;

    public void Add(string project, TestResults? results, ChildProcess run, TimeSpan took)
    {
        if (results is null || (run.ExitCode != 0 && results.Failed == 0))
        {
            var told = results is null ? "no report" : "no failed test";
            Broken(
                project,
                $"It ended with exit code {run.ExitCode} and {told}. Its output ends:\n{run.LastLogLines(40)}");
            return;
        }
        if (results.Passed + results.Skipped.Count + results.Failed == 0)
        {
            Broken(project, "It ran no test.");
            return;
        }
        lock (gate)
        {
            passed += results.Passed;
            failed += results.Failed;
            skipped += results.Skipped.Count;
            times.AddRange(results.Times);
            projects.Keep(project, took);
            Console.WriteLine($"  {(results.Failed == 0 ? "ok    " : "FAILED")}  {project}: {results.Passed} passed"
                + (results.Failed > 0 ? $", {results.Failed} failed" : "")
                + (results.Skipped.Count > 0 ? $", {results.Skipped.Count} skipped" : "")
                + $" ({took.TotalSeconds:0} s)");
            foreach (var skip in results.Skipped)
                Console.WriteLine($"          skipped: {skip}");
            foreach (var problem in results.Problems)
                Console.WriteLine($"\n    ✗ {problem.Name}\n{Indent(problem.Text)}\n");
        }
    }

    public void PrintSlowest()
    {
        Console.WriteLine("slowest tests:");
        foreach (var test in times.OrderByDescending(t => t.Seconds).Take(SlowestShown))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {test.Seconds,6:0.0} s  {test.Name}"));
    }

    public void Good(string check, TimeSpan took)
    {
        lock (gate)
            Console.WriteLine($"  ok      {check} ({took.TotalSeconds:0} s)");
    }

    /// <summary>Counts as one failure: a check, or a project that did not come to its end.</summary>
    public void Broken(string what, string why)
    {
        lock (gate)
        {
            failed++;
            Console.WriteLine($"  FAILED  {what}\n{Indent(why)}");
        }
    }

    private static string Indent(string text) =>
        string.Join('\n', text.Split('\n').Select(line => "      " + line.TrimEnd()));
}
