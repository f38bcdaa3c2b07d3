using CsPlatform.Local;
using CsPlatform.Local.Processes;

namespace CsPlatform.AppHost;

/// <summary>
/// Our programs as resources. AppHost starts what was built, without `dotnet run` between: then a service is DCP's own
/// child, and is back in a few seconds.
/// </summary>
internal static class Services
{
    /// <summary>Makes databases, roles, virtual host and users before anything else starts, and ends.</summary>
    public static IResourceBuilder<ExecutableResource> AddSetup(this IDistributedApplicationBuilder builder) =>
        builder.AddProgram("setup", typeof(Clone).Assembly.Location, "setup");

    /// <summary>
    /// A service: its migration as its database's owner, then itself, as a role that changes no schema, restarted when
    /// it dies. Each gets its own secrets and nobody else's.
    /// </summary>
    /// <typeparam name="TProject">Sees to it that the program is built with AppHost.</typeparam>
    public static IResourceBuilder<ExecutableResource> AddService<TProject>(
        this IDistributedApplicationBuilder builder, string name, HostedSystem system,
        IResourceBuilder<ExecutableResource> setup)
        where TProject : IProjectMetadata, new()
    {
        var program = Clone.ServiceProgram(name, system.Options.Build);
        var migrate = builder.AddProgram($"{name}-migrate", program, "migrate")
            .WithOtlpExporter()
            .WithSettings(system.Installation.OwnerSettingsOf(name))
            .WaitForCompletion(setup);
        var service = builder.AddProgram(name, program)
            .WithOtlpExporter()
            .WithSettings(system.Installation.SettingsOf(name))
            .WithHttpEndpoint(port: system.Installation.Address(name).Port, name: "http", isProxied: false)
            .WithHttpHealthCheck("/health", endpointName: "http")
            .WithUrlForEndpoint("http", url => url.DisplayText = "address")
            .WithUrlForEndpoint("http", endpoint =>
                new ResourceUrlAnnotation { Url = $"{endpoint.Url}/scalar", DisplayText = "API" })
            .WithOperation("replay-failed", "Replay all failed messages", "/v1/failed-messages/replay", system,
                "Put every message that could not be handled back on the queue?")
            .WaitForCompletion(migrate);
        migrate.WithParentRelationship(service);
        return service;
    }

    private static IResourceBuilder<ExecutableResource> AddProgram(
        this IDistributedApplicationBuilder builder, string name, string program, params string[] arguments) =>
        File.Exists(program)
            ? builder.AddExecutable(
                name, Tool.Dotnet, Path.GetDirectoryName(program)!, [Path.GetFileName(program), .. arguments])
                .ExcludeFromManifest()
            : throw new LocalException(
                $"{program} is not built. ./cs up builds it, or: dotnet build AppHost -c {Clone.Configuration}");

    private static IResourceBuilder<ExecutableResource> WithSettings(
        this IResourceBuilder<ExecutableResource> resource, IReadOnlyDictionary<string, string> settings) =>
        resource.WithEnvironment(context =>
        {
            foreach (var (key, value) in settings)
                context.EnvironmentVariables[key] = value;
        });
}
