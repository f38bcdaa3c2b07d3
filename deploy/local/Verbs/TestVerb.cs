using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using CsPlatform.Local.Processes;
using CsPlatform.Local.Servers;

namespace CsPlatform.Local.Verbs;

/// <summary>Runs every test project against one PostgreSQL and RabbitMQ, and counts.</summary>
internal static class TestVerb
{
    private static readonly TimeSpan ProjectTimeout = TimeSpan.FromMinutes(25), SoakTimeout = TimeSpan.FromHours(3);

    /// <summary>Kills and recovery times; written by the reliability tests.</summary>
    private static readonly string[] Totals = ["reliability.json", "recovery.json"];

    private const string ReliabilityTests = "Reliability.Tests", SeedVariable = "CSP_SEED";

    /// <summary>More than there are cores: much of what a test does is to wait for services.</summary>
    private static readonly int AtOnce = Environment.ProcessorCount + 1;

    /// <summary>The trait of tests that take long, which run where their project is named or with --soak.</summary>
    private const string Thorough = "set=thorough";

    public static Verb Definition { get; } = new("test", """
        ./cs test [project…] [--soak] [--containers] [--no-format]
                           build, then run every test; the last line is `N passed, N failed`

          project…         only test projects whose name contains one of these words, e.g. Accounts, and these whole:
                           without a word all run, Reliability by its short set of kills and faults
          --soak           the long sets of kills and faults, and what they came to, one project after the other;
                           these alone: ./cs test Reliability --soak
          --containers     PostgreSQL and RabbitMQ in containers (Testcontainers): needs a container engine that
                           answers, and the images postgres:17 and rabbitmq:4-management or those that
                           deploy/images/make.sh makes; CSP_POSTGRES_IMAGE and CSP_RABBITMQ_IMAGE name others
          --no-format      leave out the check that `dotnet format whitespace` would change nothing

        PostgreSQL and RabbitMQ are those of CSP_TEST_POSTGRES, CSP_TEST_RABBITMQ and CSP_TEST_RABBITMQ_MANAGEMENT where
        these are set, else containers where asked for, else private instances of this run; the data of the latter two
        are thrown away at its end. Tests that stop or replace the servers always use private ones. Data sets are looked
        for in the folder that CSP_DATA names, else in ../shared/data; tests that miss theirs are skipped.
        Kills, crash points and bad input of a plain run are sampled by a seed, which is printed; CSP_SEED=n samples
        the same again, --soak takes all. Logs of the run, and how long each project took, are kept in .local/test.
        """, [], ["--containers", "--no-format", "--soak"], RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var state = new StateDirectory(Path.Combine(Clone.Root, ".local", "test"));
        var times = new ProjectTimes(state);
        var projects = Projects(arguments.Words, times);
        if (projects.Count == 0)
            throw new LocalException("No test project matches.");

        var runLock = RunLock.Take(state);
        await ForgetLastRunAsync(state);
        var tally = new Tally(times);
        var isAlone = arguments.Has("--soak") || projects.Count == 1;
        var isThorough = arguments.Has("--soak") || arguments.Words.Count > 0;
        var seed = Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } given
            ? given
            : RandomNumberGenerator.GetInt32(1_000_000).ToString(CultureInfo.InvariantCulture);
        Console.WriteLine($"{SeedVariable}={seed}");
        try
        {
            await using var servers = await ServersAsync(state, runLock, arguments, cancellationToken);
            var environment = new Dictionary<string, string>(servers.Connections)
            {
                ["CSP_TEST_STATE"] = state.Root,
                ["CSP_SOAK"] = arguments.Has("--soak") ? "1" : "",
                [SeedVariable] = seed,
                ["CSP_TEST_PLAIN"] = isThorough ? "" : "1",
                // measuring code before compiling it does not pay in processes that live for a minute
                ["DOTNET_TieredPGO"] = "0",
                ["CSP_TEST_ALONE"] = isAlone ? "1" : "",
            };
            var timeout = arguments.Has("--soak") ? SoakTimeout : ProjectTimeout;
            List<Func<Task>> work = projects.ConvertAll<Func<Task>>(project =>
                () => RunProjectAsync(state, project, isThorough, environment, timeout, tally, cancellationToken));
            if (!arguments.Has("--no-format"))
                work.Add(() => CheckFormatAsync(state, tally, cancellationToken));
            try
            {
                var atOnce = new ParallelOptions { MaxDegreeOfParallelism = isAlone ? 1 : AtOnce };
                await Parallel.ForEachAsync(work, atOnce, async (run, _) => await run());
            }
            finally
            {
                await SweepSystemsAsync(state);
            }
        }
        finally
        {
            PrivateServers.DeleteData(state);
        }
        if (arguments.Has("--soak"))
            foreach (var file in Totals.Select(name => state.Path(name)).Where(File.Exists))
                Console.WriteLine(await File.ReadAllTextAsync(file, cancellationToken));
        tally.PrintSlowest();
        Console.WriteLine(tally.Line);
        return tally.ExitCode;
    }

    /// <summary>Those of the environment, else containers where asked for, else private ones.</summary>
    private static async Task<RunServers> ServersAsync(
        StateDirectory state, RunLock runLock, Arguments arguments, CancellationToken cancellationToken)
    {
        if (ServerConnections.FromEnvironment() is { } given)
            return new(given.ToEnvironment(), null);
        if (arguments.Has("--containers"))
        {
            var containers = await ContainerEngine.StartAsync(state, Console.WriteLine, cancellationToken);
            return new(containers.Connections, containers);
        }
        var own = await PrivateServers.StartAsync(state, runLock, Console.WriteLine, cancellationToken);
        return new(own.Connections.ToEnvironment(), own);
    }

    // The longest first, so that the end of the run is not one project running alone.
    private static List<TestProject> Projects(IReadOnlyList<string> words, ProjectTimes times) =>
        [.. from folder in Directory.GetDirectories(Path.Combine(Clone.Root, "tests"), "*.Tests")
            let name = Path.GetFileName(folder)
            where words.Count == 0 || words.Any(w => name.Contains(w, StringComparison.OrdinalIgnoreCase))
            orderby times.Of(name) descending, name
            let programs = Path.Combine(folder, "bin", Clone.Configuration, "net10.0")
            select new TestProject(name, Path.Combine(programs, $"CsPlatform.{name}.dll"))];

    private static async Task RunProjectAsync(
        StateDirectory state, TestProject project, bool isThorough, Dictionary<string, string> environment,
        TimeSpan timeout, Tally tally, CancellationToken cancellationToken)
    {
        var results = Path.Combine(state.Folder("results"), project.Name + ".xml");
        var since = Stopwatch.GetTimestamp();
        if (!File.Exists(project.Program))
        {
            tally.Broken(project.Name, $"{project.Program} is not built.");
            return;
        }
        // One test at a time in each of a few projects: what runs here is mostly processes that work for the tests.
        string[] program = ["dotnet", project.Program, "-xml", results, "-noColor", "-noLogo", "-maxThreads", "1",
            .. isThorough ? (string[])[] : ["-trait-", Thorough]];
        if (isThorough && project.CutsNetworks && OwnNetwork.IsPossible())
        {
            program = OwnNetwork.Inside(program);
            // The servers of this run cannot be reached from there: it starts its own.
            environment = environment.Where(e => !ServerConnections.Variables.Contains(e.Key)).ToDictionary();
            environment[OwnNetwork.Variable] = "own";
        }
        await using var run = ChildProcess.Start(state, project.Name, program, environment);
        try
        {
            await run.Ended.WaitAsync(timeout, cancellationToken);
            tally.Add(project.Name, TestResults.Read(results), run, Stopwatch.GetElapsedTime(since));
        }
        catch (TimeoutException)
        {
            tally.Broken(project.Name,
                $"Not finished after {timeout.TotalMinutes} minutes. Its output ends:\n{run.LastLogLines()}");
        }
    }

    // Layout only, and by the files alone: the build has made errors of all rules of style already, and to ask again
    // takes minutes.
    private static async Task CheckFormatAsync(StateDirectory state, Tally tally, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        await using var format = ChildProcess.Start(state, "format",
            ["dotnet", "format", "whitespace", Clone.Root, "--folder", "--verify-no-changes", "--exclude", "**/obj/**"],
            new Dictionary<string, string>());
        await format.Ended.WaitAsync(cancellationToken);
        if (format.ExitCode != 0)
            tally.Broken("dotnet format", $"It would change files; run `dotnet format`.\n{format.LastLogLines(40)}");
        else
            tally.Good("dotnet format: nothing to change", Stopwatch.GetElapsedTime(since));
    }

    // Services and servers of tests that were cut off; not of a test program that somebody runs beside.
    private static async Task<IReadOnlyList<StateDirectory>> SweepSystemsAsync(StateDirectory state)
    {
        List<StateDirectory> left = [.. Directory.GetDirectories(state.Folder("systems"))
            .Select(folder => new StateDirectory(folder))
            .Where(system => Keeper.OwnerOf(system) is not { IsAlive: true })];
        foreach (var system in left)
            await new ProcessLedger(system).SweepAsync(_ => { });
        return left;
    }

    private static async Task ForgetLastRunAsync(StateDirectory state)
    {
        await new ProcessLedger(state).SweepAsync(_ => { }); // the test programs, and then what they started
        foreach (var system in await SweepSystemsAsync(state))
            system.Delete();
        PrivateServers.DeleteData(state);
        foreach (var file in Totals)
            File.Delete(state.Path(file));
        foreach (var folder in (string[])["logs", "results"])
            if (Directory.Exists(state.Path(folder)))
                Directory.Delete(state.Path(folder), recursive: true);
    }

    private sealed record RunServers(IReadOnlyDictionary<string, string> Connections, IAsyncDisposable? Owned)
        : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Owned?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private sealed record TestProject(string Name, string Program)
    {
        /// <summary>It has servers of its own, and as root a network of its own.</summary>
        public bool CutsNetworks => Name == ReliabilityTests;
    }
}
