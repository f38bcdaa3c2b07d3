using System.Xml.Linq;

namespace CsPlatform.Architecture.Tests;

/// <summary>Who may build on whom, read from the project files.</summary>
public sealed class ReferenceTests
{
    private static readonly string[] DomainWords =
        ["Churn", "Renewal", "Survey", "Feedback", "Engagement", "Alert", "Customer", "UsageEvent", "Score", "Nps"];

    private static readonly string[] StoreOrBus = ["Marten", "MassTransit", "Npgsql", "RabbitMQ", "Quartz"];

    [Fact]
    public void Projects_reference_only_what_they_may() =>
        Faults.AreNone(
            Projects().Append("services/Directory.Build.props").SelectMany(x => FaultsIn(x, Repository.Read(x))));

    [Theory]
    [InlineData("services/Health/Health.csproj", """<ProjectReference Include="../Accounts/Accounts.csproj" />""")]
    [InlineData("services/Health/Health.csproj", """<ProjectReference Include="../../tests/TestSystem/TestSystem.csproj" />""")]
    [InlineData("contracts/Contracts.csproj", """<PackageReference Include="Marten" />""")]
    [InlineData("contracts/Contracts.csproj", """<ProjectReference Include="../ServiceDefaults/ServiceDefaults.csproj" />""")]
    [InlineData("ServiceDefaults/ServiceDefaults.csproj", """<ProjectReference Include="../services/Health/Health.csproj" />""")]
    [InlineData("services/Backbone/Backbone.csproj", """<ProjectReference Include="../Health/Health.csproj" />""")]
    [InlineData("ServiceDefaults/ServiceDefaults.csproj", """<PackageReference Include="Npgsql" />""")]
    [InlineData("services/Health/Health.csproj", """<PackageReference Include="Quartz" Version="4.7.3" />""")]
    [InlineData("services/Health/Health.csproj", """<PackageReference Include="Aspire.Npgsql" />""")]
    [InlineData("services/Health/Health.csproj", "<NoWarn>CS1591</NoWarn>")]
    public void Wrong_reference_is_seen(string file, string line) =>
        Assert.NotEmpty(FaultsIn(file, $"<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup>{line}</ItemGroup></Project>"));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("CsPlatform.sln").Replace('\\', '/');

        Assert.All(Projects(), x => Assert.Contains($"\"{x}\"", solution, StringComparison.Ordinal));
    }

    [Fact]
    public void ServiceDefaults_and_Backbone_hold_no_domain_word() =>
        Faults.AreNone(Repository.Files
            .Where(x => x.EndsWith(".cs", StringComparison.Ordinal)
                && (x.StartsWith("ServiceDefaults/", StringComparison.Ordinal)
                    || x.StartsWith("services/Backbone/", StringComparison.Ordinal)))
            .SelectMany(x => DomainWordsIn(Repository.Read(x))));

    [Theory]
    [InlineData("using CsPlatform.Contracts.Health.V1;")]
    [InlineData("public sealed record ChurnRule(int Points);")]
    public void Domain_word_is_seen(string code) => Assert.NotEmpty(DomainWordsIn(code));

    private static List<string> Projects() =>
        [.. Repository.Files.Where(x => x.EndsWith(".csproj", StringComparison.Ordinal))];

    private static IEnumerable<string> FaultsIn(string file, string xml)
    {
        var project = XElement.Parse(xml);
        var folder = file.StartsWith("contracts/examples/", StringComparison.Ordinal) ? "examples" : file.Split('/')[0];
        var projects = Includes(project, "ProjectReference").ToList();
        var packages = Includes(project, "PackageReference").ToList();
        string[] allowed = folder switch
        {
            "contracts" => [],
            "ServiceDefaults" => ["Contracts"],
            "services" when file.StartsWith(
                "services/Backbone/", StringComparison.Ordinal) => ["Contracts", "ServiceDefaults"],
            "services" => ["Contracts", "ServiceDefaults", "Backbone", "AccountDirectory"],
            _ => projects.Select(Name).ToArray(),
        };
        foreach (var reference in projects.Where(x => !allowed.Contains(Name(x))))
            yield return $"{file} references {reference}";
        if (folder == "contracts")
        {
            foreach (var package in packages.Concat(Includes(project, "FrameworkReference")))
                yield return $"{file} references {package}, contracts reference nothing";
        }

        if (folder is "services" or "ServiceDefaults")
        {
            foreach (var package in packages.Where(x => x.StartsWith("Aspire.", StringComparison.Ordinal)))
                yield return $"{file} uses {package}, services cannot tell who started them";
        }

        foreach (var package in packages.Where(x => folder == "ServiceDefaults" && StoreOrBus.Any(x.StartsWith)))
            yield return $"{file} uses {package}: what needs a database or a bus is Backbone's";
        foreach (var package in project.Descendants("PackageReference").Where(x => x.Attribute("Version") is not null))
            yield return $"{file} names a version of {package.Attribute("Include")?.Value}; Directory.Packages.props does";
        foreach (var switchedOff in project.Descendants("NoWarn").Where(x => (file, x.Value) != DashboardFromPackages))
            yield return $"{file} switches {switchedOff.Value} off";
    }

    /// <summary>
    /// The warning says that the CLI's bundle is another way, and to switch it off where packages are meant.
    /// </summary>
    private static readonly (string, string) DashboardFromPackages = ("AppHost/AppHost.csproj", "$(NoWarn);ASPIRE010");

    private static IEnumerable<string> Includes(XElement project, string element) =>
        project.Descendants(element).Select(x => x.Attribute("Include")?.Value ?? "");

    private static string Name(string reference) => Path.GetFileNameWithoutExtension(reference.Replace('\\', '/'));

    /// <summary>In code, not in comments: a docstring may give an example from the services.</summary>
    private static IEnumerable<string> DomainWordsIn(string code) =>
        from line in code.Split('\n')
        where !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
        from word in DomainWords.Append("CsPlatform.Contracts.")
        where line.Replace("CsPlatform.Contracts.Access", "", StringComparison.Ordinal)
            .Contains(word, StringComparison.Ordinal)
        select $"{word}: {line.Trim()}";
}
