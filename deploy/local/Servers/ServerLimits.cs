namespace CsPlatform.Local.Servers;

/// <summary>Settings that hold wherever a run has servers of its own, private or in containers.</summary>
public static class ServerLimits
{
    /// <summary>PostgreSQL's, as <c>name=value</c>. Terse, since the detail of an error repeats the row.</summary>
    public static IReadOnlyList<string> Postgres { get; } =
        ["max_connections=300", "shared_buffers=256MB", "log_error_verbosity=terse", "timezone=UTC"];

    /// <summary>
    /// Lines of rabbitmq.conf. A header table lies in one frame: with smaller frames than the default 131,072 none can
    /// be nested so deeply that reading it takes the whole stack of a client.
    /// </summary>
    public const string Rabbit = """
        disk_free_limit.absolute = 1GB
        max_message_size = 16777216
        frame_max = 32768
        """;
}
