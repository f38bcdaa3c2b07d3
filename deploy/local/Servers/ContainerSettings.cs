using System.Security.Cryptography;
using System.Text;
using CsPlatform.Local.Processes;
using Npgsql;

namespace CsPlatform.Local.Servers;

/// <summary>What containers of PostgreSQL and RabbitMQ are made from, for a test run and for AppHost.</summary>
internal static class ContainerSettings
{
    public const string Docker = "docker", PostgresUser = "postgres";

    /// <summary>Images of both servers, which are here or were pulled.</summary>
    /// <exception cref="LocalException">No engine answers, or an image is missing: says what to do.</exception>
    public static async Task<(string Postgres, string RabbitMq)> ImagesAsync(CancellationToken cancellationToken) => (
        await ImageAsync("CSP_POSTGRES_IMAGE", "postgres:17", "csplatform/postgres:debian", cancellationToken),
        await ImageAsync(
            "CSP_RABBITMQ_IMAGE", "rabbitmq:4-management", "csplatform/rabbitmq:debian", cancellationToken));

    /// <summary>Whether a container engine answers.</summary>
    public static bool EngineAnswers()
    {
        try
        {
            return Tool.Succeeds([Docker, "version", "--format", "{{.Server.APIVersion}}"]);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // not even its client is installed
        }
    }

    /// <summary>An administrator's access to containers whose ports this state directory has chosen.</summary>
    public static ServerConnections Connections(StateDirectory state) => new(
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = state.Port(PostgresServer.Name),
            Username = PostgresUser,
            Password = state.Secret(PostgresServer.Name),
            Database = "postgres",
        }.ConnectionString,
        RabbitServer.AdminUri("amqp", state, state.Port(RabbitServer.Name)),
        RabbitServer.AdminUri("http", state, state.Port(RabbitServer.ManagementName)));

    /// <summary>The volume of a server of this state directory.</summary>
    public static string Volume(StateDirectory state, string server) =>
        $"csplatform-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state.Root)))[..16]}-{server}";

    /// <summary>Removes the volumes of this state directory, where there are any.</summary>
    public static async Task RemoveVolumesAsync(StateDirectory state)
    {
        if (EngineAnswers())
            foreach (var server in (string[])[PostgresServer.Name, RabbitServer.Name])
            {
                var volume = Volume(state, server);
                var users = await Tool.ReadAsync(
                    [Docker, "ps", "--all", "--quiet", "--filter", $"volume={volume}"], CancellationToken.None);
                if (users.Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } containers)
                    await Tool.RunAsync([Docker, "rm", "--force", .. containers], CancellationToken.None);
                await Tool.RunAsync([Docker, "volume", "rm", "--force", volume], CancellationToken.None);
            }
    }

    public static async Task<string> VersionOfApiAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Tool.ReadAsync([Docker, "version", "--format", "{{.Server.APIVersion}}"], cancellationToken);
        }
        catch (Exception e) when (e is LocalException or System.ComponentModel.Win32Exception)
        {
            throw new LocalException(
                "No container engine answers. On Debian, as root: apt-get install docker.io, then start dockerd.", e);
        }
    }

    /// <summary>
    /// The image that the variable names, else the official one where it is or can be had, else our own.
    /// </summary>
    private static async Task<string> ImageAsync(
        string variable, string official, string own, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named)
            return await IsHereAsync(named) || await CanBePulledAsync(named) ? named
                : throw new LocalException($"{variable} names {named}: it is not here and cannot be pulled.");
        foreach (var image in (string[])[official, own])
            if (await IsHereAsync(image))
                return image;
        return await CanBePulledAsync(official) ? official : throw new LocalException(
            $"{official} is not here and cannot be pulled. deploy/images/make.sh makes {own} from Debian's packages.");

        Task<bool> IsHereAsync(string image) =>
            Tool.SucceedsAsync([Docker, "image", "inspect", image], cancellationToken);
        Task<bool> CanBePulledAsync(string image) =>
            Tool.SucceedsAsync([Docker, "pull", "--quiet", image], cancellationToken);
    }
}
