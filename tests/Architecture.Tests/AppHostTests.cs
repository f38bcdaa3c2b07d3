using System.Text.RegularExpressions;
using CsPlatform.Contracts;

namespace CsPlatform.Architecture.Tests;

/// <summary>
/// AppHost starts what there is, with the settings that services ask for. By its text: Aspire's packages are not to be
/// had everywhere that the tests run.
/// </summary>
public sealed partial class AppHostTests
{
    private static readonly string Program = Repository.Read("AppHost", "Program.cs");
    private static readonly string Roles = Repository.Read("AppHost", "postgres", "roles.sh");

    public static TheoryData<string> Services => [.. Topology.Services.Select(x => x.Name)];

    [Theory, MemberData(nameof(Services))]
    public void Service_is_started_with_a_database_of_its_own(string service)
    {
        var project = char.ToUpperInvariant(service[0]) + service[1..];

        Assert.Contains($"AddService<Projects.{project}>(\"{service}\")", Program, StringComparison.Ordinal);
        Assert.Contains($"services/{project}/{project}.csproj", Repository.Read("AppHost", "AppHost.csproj"), StringComparison.Ordinal);
        Assert.Matches($@"for service in [\w ]*\b{service}\b", Roles);
    }

    [Fact]
    public void Every_required_setting_is_given() =>
        Assert.DoesNotContain(RequiredSettings(Repository.Files.Where(IsService).Select(x => Repository.Read(x))), x => !Gives(Program, x));

    [Theory]
    [InlineData("rabbitmq", "connectionName: \"rabbitmq\"")]
    [InlineData("{service}-owner", "connectionName: $\"{name}-owner\"")]
    [InlineData("{service}", "connectionName: service")]
    public void Connection_string_is_given(string _, string reference) => Assert.Contains(reference, Program, StringComparison.Ordinal);

    [Fact]
    public void Start_is_ordered_and_watched()
    {
        Assert.Contains(".WaitForCompletion(migrate)", Program, StringComparison.Ordinal);
        Assert.Contains(".WaitFor(rabbitmq)", Program, StringComparison.Ordinal);
        Assert.Contains(".WithHttpHealthCheck(\"/health\"", Program, StringComparison.Ordinal);
        Assert.Contains(".WithManagementPlugin()", Program, StringComparison.Ordinal);
    }

    [Fact]
    public void Setting_that_nobody_gives_would_be_seen()
    {
        var required = RequiredSettings(["""var x = Required(auth, "Tenant"); var y = configuration.RequiredConnectionString("ledger");"""]).ToList();

        Assert.Equal(["Auth__Tenant", "ConnectionStrings__ledger"], required.Order(StringComparer.Ordinal));
        Assert.All(required, x => Assert.False(Gives(Program, x)));
    }

    private static bool IsService(string file) =>
        file.EndsWith(".cs", StringComparison.Ordinal)
        && (file.StartsWith("ServiceDefaults/", StringComparison.Ordinal) || file.StartsWith("services/", StringComparison.Ordinal));

    /// <summary>Settings without which a service does not start, as environment variables.</summary>
    private static IEnumerable<string> RequiredSettings(IEnumerable<string> sources) =>
        sources.SelectMany(x => RequiredAuth().Matches(x).Select(m => "Auth__" + m.Groups[1].Value)
            .Concat(RequiredConnection().Matches(x).Select(m => "ConnectionStrings__" + m.Groups[1].Value))).Distinct();

    private static bool Gives(string program, string setting) =>
        program.Contains($"\"{setting}\"", StringComparison.Ordinal)
        || program.Contains($"connectionName: \"{setting.Replace("ConnectionStrings__", "", StringComparison.Ordinal)}\"", StringComparison.Ordinal);

    [GeneratedRegex(@"Required\(auth, ""(\w+)""\)")]
    private static partial Regex RequiredAuth();

    [GeneratedRegex(@"RequiredConnectionString\(""([\w-]+)""\)")]
    private static partial Regex RequiredConnection();
}
