using System.Reflection;

namespace CsPlatform.Backbone;

/// <summary>
/// The <c>.sql</c> files of an assembly, which the project embeds: tables and functions beside the event store's,
/// idempotent. The <c>migrate</c> verb runs those of every assembly that is registered, in the order of registration
/// and then by name, as the owner of the database and with the service's schema as search path.
/// </summary>
/// <remarks>
/// <see cref="DatabaseRights"/> says what the service may do with a table. What differs from its rule stands in the
/// files: <c>comment on table … is 'appended'</c>, and grants of columns and functions, to <c>":runtime"</c> and
/// <c>":privacy"</c>.
/// </remarks>
/// <param name="Assembly">The service, or what it switches on.</param>
public sealed record OwnSql(Assembly Assembly)
{
    /// <summary>All of it, one file after the other.</summary>
    public override string ToString() => string.Join('\n', Assembly.GetManifestResourceNames()
        .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(Read));

    private string Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
