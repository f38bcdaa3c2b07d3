using System.Runtime.InteropServices;
using System.Text.Json;
using CsPlatform.Containers;
using CsPlatform.Local;

// Runs PostgreSQL and RabbitMQ in containers until SIGTERM. Writes how to reach them, as environment variables in JSON,
// to the file that it is given, once both are ready.
if (args is not [var postgresImage, var rabbitImage, var owner, var file])
{
    Console.Error.WriteLine("Arguments: <PostgreSQL image> <RabbitMQ image> <owner label> <file for the connections>");
    return 2;
}

var stopped = new TaskCompletionSource();
using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stopped.TrySetResult();
});
await using var servers = await ContainerServers.StartAsync(postgresImage, rabbitImage, owner);
StateDirectory.WritePrivate(file, JsonSerializer.SerializeToUtf8Bytes(servers.Connections.ToEnvironment()));
await stopped.Task;
return 0;
