using System.Xml.Linq;
using CsPlatform.Local.Verbs;

namespace CsPlatform.Local.Tests;

public sealed class TestResultsTests : IDisposable
{
    private readonly StateDirectory state = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));

    private static readonly XDocument Report = XDocument.Parse("""
        <assemblies>
          <assembly name="x.dll">
            <errors>
              <error type="fixture-cleanup" name="EmptySystem"><failure><message>left over</message></failure></error>
            </errors>
            <collection>
              <test name="A.passes" result="Pass" time="1.25" />
              <test name="A.fails" result="Fail">
                <failure><message>Expected 1</message><stack-trace>at A.fails()</stack-trace></failure>
              </test>
              <test name="A.waits" result="Skip"><reason>Data set x is absent</reason></test>
            </collection>
          </assembly>
        </assemblies>
        """);

    [Fact]
    public void A_failure_outside_any_test_counts_as_a_failure()
    {
        var results = TestResults.Parse(Report);

        Assert.Equal((1, 2), (results.Passed, results.Failed));
        Assert.Equal(["A.waits: Data set x is absent"], results.Skipped);
        Assert.Contains(new TestTime("A.passes", 1.25), results.Times);
        Assert.Contains(results.Problems, p => p is { Name: "A.fails", Text: "Expected 1\nat A.fails()" });
        Assert.Contains(results.Problems, p => p.Name == "fixture-cleanup EmptySystem");
    }

    [Fact]
    public void No_report_is_no_success()
    {
        Assert.Null(TestResults.Read("/nowhere.xml"));
        var tally = new Tally(new ProjectTimes(state));
        Assert.Equal(("0 passed, 0 failed", 1), (tally.Line, tally.ExitCode));
    }

    [Fact]
    public void The_longest_project_begins_first_whether_its_time_is_known_or_not()
    {
        string[] projects = ["Demo.Tests", "Requests.Tests", "Reliability.Tests"];

        Assert.Equal("Reliability.Tests", projects.MaxBy(new ProjectTimes(state).Of));
        foreach (var project in projects)
            new ProjectTimes(state).Keep(project, TimeSpan.FromSeconds(project.Length));
        new ProjectTimes(state).Keep("Demo.Tests", TimeSpan.FromMinutes(1));
        Assert.Equal("Demo.Tests", projects.MaxBy(new ProjectTimes(state).Of));
    }

    public void Dispose() => state.Delete();
}
