using System.Globalization;
using Npgsql;

namespace CsPlatform.Local.Tests;

/// <summary>
/// History is not rewritten: not by a service, not by the owner of its tables, not by an administrator in passing.
/// </summary>
[Collection(nameof(MigratedSystem))]
public sealed class AppendOnlyTests(MigratedSystem system)
{
    private const string InsufficientPrivilege = "42501";

    public static TheoryData<string, string> Changes => new(
        from service in PlatformOptions.AllServices
        from change in (string[])
        [
            "update {0}.mt_events set data = data", "delete from {0}.mt_events", "truncate {0}.mt_events",
            "truncate {0}.mt_streams cascade",
            .. service != "engagement" ? (string[])[] :
            [
                "update {0}.usage_claim set id = id", "delete from {0}.usage_claim", "truncate {0}.usage_claim",
                "update {0}.usage_event set minutes = 0", "delete from {0}.usage_event", "truncate {0}.usage_event",
                "update {0}.usage_event_20260101 set minutes = 0", "delete from {0}.usage_event_20260101",
                "truncate {0}.usage_event_20260101",
            ],
        ]
        select (service, string.Format(CultureInfo.InvariantCulture, change, service)));

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task What_was_accepted_is_changed_by_nobody(string service, string change)
    {
        var administrator = new NpgsqlConnectionStringBuilder(system.Platform.Servers.Postgres)
        {
            Database = new NpgsqlConnectionStringBuilder(system.Platform.OwnerConnectionString(service)).Database,
        };
        await RefusedAsync(system.Platform.ConnectionString(service), change);
        await RefusedAsync(system.Platform.OwnerConnectionString(service), change);
        await RefusedAsync(administrator.ConnectionString, change);
    }

    [Theory]
    [InlineData("update engagement.mt_events set type = type")]
    [InlineData("update engagement.mt_events set seq_id = seq_id")]
    [InlineData("delete from engagement.mt_events")]
    [InlineData("truncate engagement.mt_events")]
    [InlineData("delete from engagement.usage_event")]
    [InlineData("update engagement.usage_event set minutes = 0")]
    [InlineData("update engagement.usage_event_20260101 set user_id = '***'")]
    [InlineData("insert into engagement.usage_claim values (1, 'x', '')")]
    [InlineData("select from engagement.usage_claim")]
    [InlineData("select from engagement.parked_event")]
    [InlineData("select engagement.make_usage_event_days('{2026-01-02}')")]
    [InlineData("create table engagement.t (id int)")]
    [InlineData("create temporary table t (id int)")]
    [InlineData("alter table engagement.mt_events disable trigger append_only")]
    public async Task The_privacy_role_does_nothing_but_mask(string act) =>
        await RefusedAsync(system.Platform.PrivacyConnectionString("engagement"), act);

    [Fact]
    public async Task The_privacy_role_masks_a_person_in_usage_and_the_figures_stay()
    {
        await using var privacy = await OpenAsync(system.Platform.PrivacyConnectionString("engagement"));

        await using var mask = new NpgsqlCommand(
            "update engagement.usage_event set user_id = '***', data = '{}' returning minutes", privacy);

        Assert.Equal(12m, await mask.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_migration_that_must_rewrite_history_says_so_first()
    {
        await using var owner = await OpenAsync(system.Platform.OwnerConnectionString("health"));
        await using var transaction = await owner.BeginTransactionAsync();
        await using var rewrite = new NpgsqlCommand("""
            alter table health.mt_events disable trigger append_only;
            update health.mt_events set data = data;
            alter table health.mt_events enable trigger append_only;
            """, owner);
        await rewrite.ExecuteNonQueryAsync();
        await transaction.CommitAsync();

        await RefusedAsync(system.Platform.OwnerConnectionString("health"), "delete from health.mt_events");
    }

    private static async Task RefusedAsync(string who, string act)
    {
        await using var connection = await OpenAsync(who);
        await using var command = new NpgsqlCommand(act, connection);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());

        Assert.Equal((InsufficientPrivilege, act), (refused.SqlState, act));
    }

    private static async Task<NpgsqlConnection> OpenAsync(string who)
    {
        var connection = new NpgsqlConnection(who + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
