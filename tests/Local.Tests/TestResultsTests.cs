using System.Xml.Linq;
using CsPlatform.Local.Verbs;

namespace CsPlatform.Local.Tests;

public sealed class TestResultsTests
{
    private static readonly XDocument Report = XDocument.Parse("""
        <assemblies>
          <assembly name="x.dll">
            <errors>
              <error type="fixture-cleanup" name="EmptySystem"><failure><message>left over</message></failure></error>
            </errors>
            <collection>
              <test name="A.passes" result="Pass" />
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
        Assert.Contains(results.Problems, p => p is { Name: "A.fails", Text: "Expected 1\nat A.fails()" });
        Assert.Contains(results.Problems, p => p.Name == "fixture-cleanup EmptySystem");
    }

    [Fact]
    public void No_report_is_no_success()
    {
        Assert.Null(TestResults.Read("/nowhere.xml"));
        Assert.Equal(("0 passed, 0 failed", 1), (new Tally().Line, new Tally().ExitCode));
    }
}
