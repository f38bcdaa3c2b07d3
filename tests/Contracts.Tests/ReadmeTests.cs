namespace CsPlatform.Contracts.Tests;

/// <summary>What contracts/README.md shows is what the tests run.</summary>
public sealed class ReadmeTests
{
    private static readonly string Readme = Repository.Read("contracts", "README.md");

    public static TheoryData<string, string> Examples => new(
        from language in Example.Languages
        from verb in (string[])["publish-http", "publish-amqp", "subscribe"]
        select (language, verb));

    [Theory, MemberData(nameof(Examples))]
    public void Example_is_shown_as_it_is(string language, string verb) =>
        Assert.Contains($"```{language}\n{new Example(language, verb).Text}```\n", Readme, StringComparison.Ordinal);

    [Fact]
    public void Example_that_was_changed_would_be_seen() =>
        Assert.DoesNotContain($"```python\n{new Example("python", "subscribe").Text.Replace("alerts", "alarms", StringComparison.Ordinal)}```", Readme, StringComparison.Ordinal);

    [Fact]
    public void Every_alert_type_and_severity_is_explained()
    {
        Assert.All(
            PublicEvents.AlertKinds,
            x => Assert.Contains($"`com.csplatform.churnrisk.{x}.v1`", Readme, StringComparison.Ordinal));
        foreach (var kind in PublicEvents.AlertKinds)
        {
            var alert = PublicEvents.Golden($"churnrisk.{kind}.v1");
            Assert.Contains($"{alert["severitytext"]} is {alert["severitynumber"]}", Readme, StringComparison.Ordinal);
        }
    }
}
