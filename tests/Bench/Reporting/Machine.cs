using System.Globalization;
using System.Runtime.InteropServices;
using CsPlatform.Bench.Running;

namespace CsPlatform.Bench.Reporting;

/// <summary>What a reader must know of the machine to make anything of the figures. Nothing that names it.</summary>
internal sealed record Machine(
    int Cores, int MemoryGiB, string System, string Dotnet, string PostgreSql, string RabbitMq)
{
    public static async Task<Machine> LookAsync(BenchSystem system, CancellationToken cancellationToken)
    {
        await using var connection = await system.AdminConnections.CreateConnectionAsync(cancellationToken);
        return new Machine(
            Environment.ProcessorCount, MemoryInGiB(), OperatingSystemName(), RuntimeInformation.FrameworkDescription,
            (await system.Database("engagement").ScalarAsync<string>("show server_version")).Split(' ')[0],
            Text(connection.ServerProperties?["version"]));
    }

    public string Line => string.Create(
        CultureInfo.InvariantCulture,
        $"{Cores} cores, {MemoryGiB} GiB, {System}, {Dotnet}, PostgreSQL {PostgreSql}, RabbitMQ {RabbitMq}");

    private static string Text(object? value) =>
        value is byte[] bytes ? global::System.Text.Encoding.UTF8.GetString(bytes) : $"{value}";

    private static int MemoryInGiB()
    {
        var total = File.ReadLines("/proc/meminfo").First(l => l.StartsWith("MemTotal:", StringComparison.Ordinal));
        var kib = total.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return (int)Math.Round(long.Parse(kib, CultureInfo.InvariantCulture) / 1024.0 / 1024);
    }

    private static string OperatingSystemName() => File.ReadLines("/etc/os-release")
        .FirstOrDefault(l => l.StartsWith("PRETTY_NAME=", StringComparison.Ordinal)) is { } line
        ? line["PRETTY_NAME=".Length..].Trim('"')
        : "Linux";
}
