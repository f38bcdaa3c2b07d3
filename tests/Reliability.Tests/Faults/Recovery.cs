namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>How long the platform took to be itself again, counted from the moment the fault was over.</summary>
/// <param name="Fault">What was done to it.</param>
/// <param name="Expected">What it must do meanwhile and afterwards.</param>
/// <param name="RepairSeconds">What the repair itself took of it, e.g. a server's own start.</param>
/// <param name="WritesSeconds">
/// Until an event, a new account, an answer and a contract were accepted again, over HTTP.
/// </param>
/// <param name="FreshSeconds">Until Health knew all four and had judged by them.</param>
public sealed record Recovery(
    string Fault, string Expected, double RepairSeconds, double WritesSeconds, double FreshSeconds)
{
    private const int BehindMaxSeconds = 30;

    /// <summary>
    /// Fails when it took longer until all was accepted again, or another thirty seconds until Health had judged; where
    /// these tests have the machine to themselves.
    /// </summary>
    public void AssertWithin(TimeSpan max)
    {
        if (!Soak.IsAlone)
            return;
        Assert.InRange(WritesSeconds, 0, max.TotalSeconds);
        Assert.InRange(FreshSeconds, 0, max.TotalSeconds + BehindMaxSeconds);
    }

    private static readonly Lock Writing = new();
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Adds it to recovery.json of this run, from which the page of tests/reliability.md is written.</summary>
    public void Keep()
    {
        var file = Soak.ResultFile("recovery.json");
        lock (Writing)
        {
            var kept = File.Exists(file) ? JsonSerializer.Deserialize<List<Recovery>>(
                File.ReadAllText(file), Indented)! : [];
            kept.RemoveAll(r => r.Fault == Fault);
            kept.Add(this);
            File.WriteAllText(
                file, JsonSerializer.Serialize(kept.OrderBy(r => r.Fault, StringComparer.Ordinal), Indented));
        }
        TestContext.Current.SendDiagnosticMessage(
            $"{Fault}: writes after {WritesSeconds:0.0} s, fresh after {FreshSeconds:0.0} s");
    }
}
