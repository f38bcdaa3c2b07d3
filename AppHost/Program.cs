// The whole system on one page: two servers, what is set up on them, five services, and what ops can do with each.
// `./cs up` runs this in the background, `dotnet run --project AppHost` in the foreground; --help says what it takes.
using CsPlatform.AppHost;
using CsPlatform.Local;

try
{
    if (args.Contains("--help"))
    {
        Console.WriteLine(HostedSystem.Help);
        return 0;
    }
    await using var system = await HostedSystem.OpenAsync(args);
    var builder = system.CreateBuilder(args);

    // Private instances of the machine's packages, containers, or servers that are there already.
    var (postgres, rabbitmq) = builder.AddServers(system);

    // A database with three roles and a user of the broker for each service; Topology says who may do what there.
    var setup = builder.AddSetup().WaitFor(postgres).WaitFor(rabbitmq);

    builder.AddService<Projects.Accounts>("accounts", system, setup)
        .WithRebuild(system);
    builder.AddService<Projects.Engagement>("engagement", system, setup)
        .WithOperation("replay-parked", "Replay all parked events", "/v1/parked-events/replay?limit=10000", system,
            "Take in every event that was parked, for whatever reason, as if it came now?");
    builder.AddService<Projects.Health>("health", system, setup)
        .WithOperation("sweep", "Sweep now", "/v1/sweeps", system, "Judge every account now?");
    builder.AddService<Projects.Feedback>("feedback", system, setup);
    builder.AddService<Projects.Renewals>("renewals", system, setup)
        .WithOperation("sweep", "Sweep now", "/v1/sweeps", system,
            "Open the renewals that are due, and continue contracts, now?");

    await using var app = builder.Build();
    await app.RunAsync();
    return Environment.ExitCode;
}
catch (LocalException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
