using CsPlatform.Contracts.Access;
using CsPlatform.Local.Platform;
using CsPlatform.Local.Servers;

namespace CsPlatform.Local.Verbs;

/// <summary>What runs, where it listens, and whether it is healthy.</summary>
internal static class StatusVerb
{
    public static Verb Definition { get; } = new("status", """
        ./cs status [--of demo]     what runs, where it listens, how it is; exit code 0 when all of it is healthy
        """, [StateOption.Name], [],
        async (arguments, _) => await PrintAsync(StateOption.Of(arguments), Console.Out) ? 0 : 1);

    public static async Task<bool> PrintAsync(StateDirectory state, TextWriter output)
    {
        var host = new HostProcess(state);
        if (host.Current is null || ServerConnections.Read(state) is not { } servers)
        {
            output.WriteLine("CsPlatform is not running. `./cs up` starts it.");
            foreach (var other in DownVerb.Systems().Where(s => s.Root != state.Root))
                if (new HostProcess(other).Current is not null && Path.GetFileName(other.Root) is var name)
                    output.WriteLine($"The {name} runs: ./cs status --of {name}");
            return false;
        }

        var health = await host.HealthAsync();
        var hasDashboard = await host.DashboardAnswersAsync();
        var of = state.Root == HostProcess.DefaultState ? "" : $" --of {Path.GetFileName(state.Root)}";
        output.WriteLine();
        var link = hasDashboard ? HostProcess.DashboardLink(state) : "dead: ./cs up mends it";
        output.WriteLine($"  {"dashboard",-12} {link}");
        foreach (var (service, answer) in health)
            output.WriteLine($"  {service,-12} {Address(service),-24} {answer,-10} API: {Address(service)}scalar");
        output.WriteLine(
            $"  {"rabbitmq",-12} {$"http://127.0.0.1:{servers.Management.Port}/",-24} management: ./cs amqp admin{of}");
        output.WriteLine($"""

              A token               ./cs token viewer{of}        (roles: {string.Join(' ', Permissions.AllRoles)})
              AMQP clients          ./cs amqp publisher{of}      ./cs amqp subscriber{of}
              Logs, stop            ./cs logs -f{of}             ./cs down
            """);
        return hasDashboard && health.Values.All(h => h == "healthy");

        Uri Address(string service) => new($"http://127.0.0.1:{state.KnownPort(service)}/");
    }
}
