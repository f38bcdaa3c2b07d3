using CsPlatform.Local.Platform;
using CsPlatform.Local.Processes;
using CsPlatform.Local.Servers;

namespace CsPlatform.Local.Verbs;

/// <summary>What runs, where it listens, and whether it is healthy.</summary>
internal static class StatusVerb
{
    public static Verb Definition { get; } = new("status", """
        ./cs status     what runs, where it listens, how it is; exit code 0 when all that was started is healthy
        """, [], [], async (_, _) => await PrintAsync(Console.Out) ? 0 : 1);

    public static async Task<bool> PrintAsync(TextWriter output)
    {
        var state = Supervisor.State;
        var processes = new ProcessLedger(state).Entries();
        if (Supervisor.Current is null && !processes.Any(p => p.Process.IsAlive))
        {
            output.WriteLine("CsPlatform is not running. `./cs up` starts it.");
            foreach (var other in DownVerb.AllStates().Where(s => new ProcessLedger(s).Entries().Any(p => p.Process.IsAlive)))
                output.WriteLine($"Processes of {Path.GetRelativePath(Clone.Root, other.Root)} run; `./cs down` stops them.");
            return false;
        }

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var services = PlatformOptions.AllServices.Where(s => processes.Any(p => p.Name == s)).ToList();
        var health = await Task.WhenAll(services.Select(s => HealthAsync(http, Address(state, s))));
        output.WriteLine();
        foreach (var (service, answer) in services.Zip(health))
        {
            var address = Address(state, service);
            output.WriteLine($"  {service,-12} {address,-24} {answer,-10} API pages: {address}scalar");
        }
        foreach (var server in (string[])[PostgresServer.Name, RabbitServer.Name])
        {
            var isRunning = IsAlive(server) ? "running" : "dead";
            output.WriteLine($"  {server,-12} 127.0.0.1:{state.KnownPort(server),-14} {isRunning}");
        }
        output.WriteLine($"""

              RabbitMQ management   http://127.0.0.1:{state.KnownPort(RabbitServer.ManagementName)}/
                                    user {RabbitServer.Admin}, password in `./cs amqp admin`
              A token               ./cs token viewer        (roles: {string.Join(' ', TokenClaims.KnownRoles)})
              AMQP clients          ./cs amqp publisher      ./cs amqp subscriber
              Logs, stop            ./cs logs -f             ./cs down
            """);
        return Supervisor.Current is not null && health.All(h => h == "healthy")
            && IsAlive(PostgresServer.Name) && IsAlive(RabbitServer.Name);

        bool IsAlive(string name) => processes.Any(p => p.Name == name && p.Process.IsAlive);
    }

    private static Uri Address(StateDirectory state, string service) =>
        new($"http://127.0.0.1:{state.KnownPort(service)}");

    private static async Task<string> HealthAsync(HttpClient http, Uri address)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(address, "/health"));
            return response.IsSuccessStatusCode ? "healthy" : $"ill ({(int)response.StatusCode})";
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return "dead";
        }
    }
}
