namespace CsPlatform.Renewals.Tests.Clock;

/// <summary>A Renewals whose clock is let run, stopped and started again.</summary>
public sealed class RunningClock : RenewalsSystem
{
    public async Task MoveClockTo(string day, bool runs) =>
        (await Ops.PutAsJsonAsync("/dev/clock", new { now = At(day), runs })).EnsureSuccessStatusCode();

    public async Task<(DateTimeOffset Now, bool Runs)> ClockAsync()
    {
        var clock = await Ops.GetFromJsonAsync<JsonElement>("/dev/clock");
        return (clock.GetProperty("now").GetDateTimeOffset(), clock.GetProperty("runs").GetBoolean());
    }

    public async Task<bool> HasRenewalAsync(Guid contractId) =>
        (await Contract(contractId)).GetProperty("renewalId").ValueKind == JsonValueKind.String;

    /// <summary>A contract of a new account that is due for renewal on that day.</summary>
    public async Task<Guid> DueContractAsync(string endsOn) => await SignedContract(await RegisteredAccount(), endsOn);

    /// <summary>Triggers that the schedule has stored; none before it first began.</summary>
    public async Task<long> TriggersAsync()
    {
        await using var count = Database("renewals").CreateCommand("select count(*) from renewals.qrtz_triggers");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database("renewals").CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What the service has logged so far.</summary>
    public string Log => File.ReadAllText(Path.Combine(Platform.LogFolder, "renewals.log"));
}

[CollectionDefinition(nameof(RunningClock))]
public sealed class RunningClockIsShared : ICollectionFixture<RunningClock>;
