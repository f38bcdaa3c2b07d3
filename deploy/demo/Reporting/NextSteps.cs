using CsPlatform.Demo.Running;

namespace CsPlatform.Demo.Reporting;

internal static class NextSteps
{
    public static void Write(TextWriter output, DemoSystem system)
    {
        Text.Heading(output, "Where to look next");
        output.WriteLine("The system runs on, its clock standing at the last day:");
        foreach (var (service, address) in system.Addresses)
            output.WriteLine($"  {service,-11} {address}scalar");
        var health = system.Addresses.First(a => a.Service == "health").Address;
        output.WriteLine($"""

              curl -H "Authorization: Bearer $(./cs token viewer --of demo)" "{health}v1/health?limit=5"
              curl -H "Authorization: Bearer $(./cs token viewer --of demo)" "{health}v1/alerts?status=open"

              ./cs logs --of demo     what the services say
              ./cs down               stop everything
            """);
    }
}
