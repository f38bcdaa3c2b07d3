using CsPlatform.Local;
using CsPlatform.Reliability.Tests.Faults;

namespace CsPlatform.Reliability.Tests.Crashes;

/// <summary>
/// A system of services that die where they are told to. All of the short set runs on one: its tests hurt no server.
/// </summary>
public class FaultsSystem : FaultSystem
{
    private readonly string folder = Directory.CreateTempSubdirectory("csplatform-crash-points-").FullName;
    private CrashPoints? points;

    internal CrashPoints Points => points ??= new(folder);

    protected override bool HasOwnServers => false;

    protected override PlatformOptions Options => base.Options with
    {
        Build = Clone.FaultsBuild,
        ServiceSettings = Points.Settings,
    };

    internal PlatformOptions PlatformOptions => Options;

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>One that tests leave broken.</summary>
public sealed class SabotagedSystem : FaultsSystem
{
    protected override bool EndsWhole => false;
}

[CollectionDefinition(nameof(FaultsSystem))]
public sealed class FaultsSystemIsShared : ICollectionFixture<FaultsSystem>;
