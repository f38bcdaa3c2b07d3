using CsPlatform.Demo.Running;
using CsPlatform.Local.Platform;

namespace CsPlatform.Demo.Reporting;

internal static class NextSteps
{
    public static void Write(TextWriter output, DemoSystem system)
    {
        Text.Heading(output, "Where to look next");
        output.WriteLine($"""
            The system runs on, its clock goes on from the last day:
              dashboard   {HostProcess.DashboardLink(system.State)}
            """);
        foreach (var service in PlatformOptions.AllServices)
            output.WriteLine($"  {service,-11} {system.Address(service)}scalar");
        var health = system.Address("health");
        output.WriteLine($"""

              curl -H "Authorization: Bearer $(./cs token viewer --of demo)" "{health}v1/health?limit=5"
              curl -H "Authorization: Bearer $(./cs token viewer --of demo)" "{health}v1/alerts?status=open"

              ./cs logs --of demo     what the services say
              ./cs down               stop everything; ./cs up --of demo starts it again on this data
            """);
    }
}
