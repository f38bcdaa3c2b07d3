using System.Text.Json;
using CsPlatform.Contracts;

namespace CsPlatform.Local.Platform;

/// <summary>How one running CsPlatform differs from the next.</summary>
public sealed record PlatformOptions
{
    /// <summary>Ends the names of databases, roles, virtual host and users, so that many share the servers.</summary>
    public string Suffix { get; init; } = "";

    /// <summary>ASP.NET Core's environment name. The endpoints under /dev exist in Development only.</summary>
    public string Environment { get; init; } = "Development";

    /// <summary>
    /// The clock stands until PUT /dev/clock moves it or lets it run; while it stands no job runs by itself.
    /// </summary>
    public bool ReplayClock { get; init; }

    /// <summary>AMQP users of outside publishers, and the CloudEvents sources that each may send.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Publishers { get; init; } =
        new Dictionary<string, IReadOnlyList<string>> { ["publisher"] = ["app"] };

    /// <summary>AMQP users of outside subscribers: each name is also the prefix of the queues it may have.</summary>
    public IReadOnlyList<string> Subscribers { get; init; } = ["subscriber"];

    /// <summary>Which build of the services runs: that of this program unless named.</summary>
    public string Build { get; init; } = Clone.Configuration;

    /// <summary>More environment variables for every service; read at each start of one.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>More environment variables for one service, by its name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ServiceSettings { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Kept beside the data that was made with them, for whoever starts it again.</summary>
    public void Write(StateDirectory state) =>
        StateDirectory.WritePrivate(
            state.Path(FileName), JsonSerializer.SerializeToUtf8Bytes(this, StateDirectory.Indented));

    /// <summary>Those that were written here; the defaults where none were.</summary>
    public static PlatformOptions Read(StateDirectory state) => File.Exists(state.Path(FileName))
        ? JsonSerializer.Deserialize<PlatformOptions>(File.ReadAllBytes(state.Path(FileName)))! : new();

    private const string FileName = "options.json";

    public static IReadOnlyList<string> AllServices { get; } = [.. Topology.Services.Select(s => s.Name)];
}
