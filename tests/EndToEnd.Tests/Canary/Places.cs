using System.Net.Http.Headers;
using System.Text;
using Npgsql;

namespace CsPlatform.EndToEnd.Tests.Canary;

/// <summary>
/// What people see who run the system, its telemetry's readers, its neighbours on the machine, and other services.
/// </summary>
internal sealed class Places(WholeSystem system)
{
    /// <summary>Every place with its whole text.</summary>
    public async Task<IReadOnlyList<(string Place, string Text)>> LookAsync() =>
    [
        .. Directory.GetFiles(system.Platform.LogFolder).Select(f => ($"log {Path.GetFileName(f)}", ReadShared(f))),
        .. system.Telemetry.Requests.Select(r => ($"telemetry: {r.Signal}", Encoding.UTF8.GetString(r.Body))),
        .. system.Messages.All.Select(
            m => ($"message on {m.Exchange}", $"{m.RoutingKey}\n{m.Headers}\n{m.Body.GetRawText()}")),
        .. system.Subscriber.Received.Select(a => ("alert", a.GetRawText())),
        .. await QueuesAsync(),
        .. CommandLines(),
        .. await ServerLogsAsync(),
    ];

    /// <summary>
    /// PostgreSQL's and RabbitMQ's own logs; none where the servers are not processes of this machine.
    /// </summary>
    public async Task<IReadOnlyList<(string Place, string Text)>> ServerLogsAsync()
    {
        await using var postgres = NpgsqlDataSource.Create(system.Platform.Servers.Postgres);
        await using var pid = postgres.CreateCommand("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)");
        using var management = Management();
        var nodes = await management.GetFromJsonAsync<JsonElement>("/api/nodes");
        return
        [
            .. LogOf("postgres", (string)(await pid.ExecuteScalarAsync())!),
            .. LogOf("beam", nodes[0].GetProperty("os_pid").ToString()),
        ];
    }

    /// <summary>
    /// Where in the five databases each text lies: <c>schema.table</c>, partitions under their table's name.
    /// </summary>
    public async Task<IReadOnlyList<string>> InDatabasesAsync(Planted planted)
    {
        SortedSet<string> found = new(StringComparer.Ordinal);
        foreach (var service in PlatformOptions.AllServices)
        {
            await using var tables = system.Database(service).CreateCommand("""
                select c.oid::regclass::text from pg_class c
                where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
                """);
            tables.Parameters.AddWithValue(service);
            List<string> names = [];
            await using (var reader = await tables.ExecuteReaderAsync())
                while (await reader.ReadAsync())
                    names.Add(reader.GetString(0));
            foreach (var name in names)
            {
                await using var rows = system.Database(service).CreateCommand($"select t::text from {name} t");
                await using var reader = await rows.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                    found.UnionWith(planted.In(reader.GetString(0)).Select(kind => $"{kind}: {name}"));
            }
        }
        return [.. found];
    }

    /// <summary>Every queue of the virtual host, looked into without taking anything.</summary>
    private async Task<List<(string Place, string Text)>> QueuesAsync()
    {
        using var management = Management();
        var host = Uri.EscapeDataString(system.Platform.VirtualHost);
        List<(string, string)> found = [];
        foreach (var queue in (await management.GetFromJsonAsync<JsonElement>($"/api/queues/{host}")).EnumerateArray())
        {
            var name = queue.GetProperty("name").GetString()!;
            using var answer = await management.PostAsJsonAsync($"/api/queues/{host}/{Uri.EscapeDataString(name)}/get",
                new { count = 1000, ackmode = "ack_requeue_true", encoding = "auto" });
            found.Add(($"queue {name}", await answer.Content.ReadAsStringAsync()));
        }
        return found;
    }

    private static IEnumerable<(string Place, string Text)> CommandLines() =>
        from process in Directory.GetDirectories("/proc")
        where int.TryParse(Path.GetFileName(process), out _)
        let line = TryRead(Path.Combine(process, "cmdline"))
        where line is { Length: > 0 }
        select ("command line", line.Replace('\0', ' '));

    private static IEnumerable<(string Place, string Text)> LogOf(string program, string pid) =>
        TryRead($"/proc/{pid}/cmdline")?.Contains(program, StringComparison.Ordinal) == true
            && new FileInfo($"/proc/{pid}/fd/2").LinkTarget is { } log && File.Exists(log)
            ? [($"log of {program}", ReadShared(log))]
            : [];

    private static string ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string? TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null; // it has ended
        }
    }

    private HttpClient Management()
    {
        var management = system.Platform.Servers.Management;
        var client = new HttpClient { BaseAddress = new Uri($"{management.Scheme}://{management.Host}:{management.Port}") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(management.UserInfo))));
        return client;
    }
}
