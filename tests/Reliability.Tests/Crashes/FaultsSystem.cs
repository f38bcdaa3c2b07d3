using CsPlatform.Local;
using CsPlatform.Local.Platform;
using CsPlatform.Reliability.Tests.Load;

namespace CsPlatform.Reliability.Tests.Crashes;

/// <summary>A system of services that die where they are told to.</summary>
public sealed class FaultsSystem : ReliabilitySystem
{
    private readonly string folder = Directory.CreateTempSubdirectory("csplatform-crash-points-").FullName;
    private CrashPoints? points;

    internal CrashPoints Points => points ??= new(folder);

    protected override PlatformOptions Options => base.Options with
    {
        Build = Clone.FaultsBuild,
        ServiceSettings = Points.Settings,
    };

    internal PlatformOptions PlatformOptions => Options;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await new Season(this, seed: 0, "warm").RunAsync();
        await Holdings.TakeBaselineAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

[CollectionDefinition(nameof(FaultsSystem))]
public sealed class FaultsSystemIsShared : ICollectionFixture<FaultsSystem>;
