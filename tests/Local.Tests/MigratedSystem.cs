using Npgsql;

namespace CsPlatform.Local.Tests;

/// <summary>
/// All five databases at their schema, with one usage event of twelve minutes, and no service running.
/// </summary>
public sealed class MigratedSystem : SystemFixture
{
    protected override bool HasTap => false;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Platform.MigrateAsync(PlatformOptions.AllServices, TestContext.Current.CancellationToken);
        await using var service = NpgsqlDataSource.Create(Platform.ConnectionString("engagement"));
        await using var intake = service.CreateCommand("""
            select engagement.make_usage_event_days('{2026-01-01}');
            insert into engagement.usage_event (account_id, occurred_at, recorded_at, source_id, id, type, subject,
              user_id,
              automation, minutes, features)
            values (gen_random_uuid(), '2026-01-01T09:00Z', '2026-01-01T09:00Z', 1, '1', 'used', 'crm/1', 'ann', false,
              12, '{}');
            """);
        await intake.ExecuteNonQueryAsync();
    }
}

[CollectionDefinition(nameof(MigratedSystem))]
public sealed class MigratedSystemIsShared : ICollectionFixture<MigratedSystem>;
