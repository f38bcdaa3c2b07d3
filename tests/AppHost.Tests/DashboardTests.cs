namespace CsPlatform.AppHost.Tests;

/// <summary>What ops see in the dashboard is what happened, and nothing else.</summary>
[Collection(nameof(HostedSystemFixture))]
public sealed class DashboardTests(HostedSystemFixture system)
{
    [Fact]
    public async Task From_a_usage_event_to_its_alert_it_is_one_trace_with_names_that_a_person_understands()
    {
        var (account, trace) = await system.Journey;

        await Eventually.PassesAsync(async () =>
        {
            var spans = await system.SpansAsync(trace);
            var known = spans.Select(s => s.Id).ToHashSet();
            // Only the call has its parent outside.
            Assert.Single(spans, s => s.Parent is not { } parent || !known.Contains(parent));
            foreach (var (service, name) in ((string, string)[])
            [
                ("engagement", "POST /v1/events"),
                ("engagement", "insert usage_claim"),
                ("engagement", "publish AccountDaysChanged"),
                ("health", "hear AccountDaysChanged"),
                ("health", "publish ChurnRiskRaised"),
                ("health", "publish csplatform.alerts"),
                ("accounts", "hear ChurnRiskRaised"),
            ])
                Assert.Contains(spans, s => s.Service == service && s.Name == name);
            Assert.DoesNotContain(spans, s => s.Name.Contains("postgresql", StringComparison.OrdinalIgnoreCase));
        });
        using var reader = system.Installation.Client("health", new TokenClaims("viewer"));
        var alerts = await reader.GetFromJsonAsync<JsonElement>(
            "/v1/alerts?status=open", TestContext.Current.CancellationToken);
        Assert.Contains(
            alerts.GetProperty("items").EnumerateArray(), a => a.GetProperty("accountId").GetGuid() == account);
    }

    [Theory]
    [InlineData("health", "sweep", "scored")]
    [InlineData("renewals", "sweep", "opened")]
    [InlineData("engagement", "replay-parked", "resolved")]
    [InlineData("accounts", "replay-failed", "replayed")]
    public async Task Command_of_a_service_does_what_it_says_and_shows_the_answer(
        string service, string command, string shown)
    {
        var result = await system.CommandAsync(service, command);

        Assert.True(result.Success, result.Message);
        Assert.Contains($"\"{shown}\"", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dashboard", "/", HttpStatusCode.Redirect)] // to the page that asks for the token
    [InlineData("dashboard", "/api/telemetry/spans", HttpStatusCode.Unauthorized)]
    public async Task Dashboard_and_telemetry_keep_their_keys(string port, string path, HttpStatusCode refused)
    {
        using var stranger = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var answer = await stranger.GetAsync(
            new Uri($"http://127.0.0.1:{system.State.KnownPort(port)}{path}"), TestContext.Current.CancellationToken);
        Assert.Equal(refused, answer.StatusCode);
    }

    [Fact]
    public void No_program_sees_the_secrets_of_another()
    {
        var ours = Local.Processes.ProcessIdentity.WithEnvironment(HostProcess.Mark, system.State.Root)
            .SelectMany(p => Local.Processes.ProcessStat.Environment(p.Pid)
                .Where(v => v.StartsWith("OTEL_SERVICE_NAME=", StringComparison.Ordinal))
                .Select(v => (Service: v.Split('=')[1], p.Pid)))
            .ToList();
        Assert.Equal(PlatformOptions.AllServices.Order(), ours.Select(o => o.Service).Order());
        foreach (var (service, pid) in ours)
        {
            var connections = Local.Processes.ProcessStat.Environment(pid)
                .Where(v => v.StartsWith("ConnectionStrings__", StringComparison.Ordinal))
                .Select(v => v[..v.IndexOf('=')]);
            Assert.Equal(
                new[] { $"ConnectionStrings__{service}", "ConnectionStrings__rabbitmq" }.Order(StringComparer.Ordinal),
                connections.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Migration_tells_of_itself_under_its_own_name_and_no_service_has_a_second_instance()
    {
        var instances = await system.LogInstancesAsync();
        Assert.Equal(
            PlatformOptions.AllServices.SelectMany(s => new[] { s, $"{s}-migrate" }).Order(),
            instances.Select(i => i.Service).Order());
    }
}
