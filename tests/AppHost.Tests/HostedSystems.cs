using System.Security.Cryptography;
using CsPlatform.Local;
using CsPlatform.Local.Servers;

namespace CsPlatform.AppHost.Tests;

/// <summary>State directories of systems that AppHost runs on the servers of the test run.</summary>
internal static class HostedSystems
{
    /// <summary>A system of its own, with a replay clock: months pass while a test runs.</summary>
    public static StateDirectory New(string name)
    {
        var suffix = "_" + RandomNumberGenerator.GetHexString(6, lowercase: true);
        var state = new StateDirectory(Path.Combine(SystemFixture.StateRoot, "systems", name + suffix));
        new PlatformOptions { Suffix = suffix, ReplayClock = true }.Write(state);
        return state;
    }

    /// <summary>The file by which AppHost is told of servers that are there already.</summary>
    public static string FileOf(StateDirectory state, ServerConnections servers)
    {
        servers.Write(state);
        var file = state.Path("given.json");
        File.Move(state.Path("servers.json"), file);
        return file;
    }
}
