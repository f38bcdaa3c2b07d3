using System.Text.Json.Nodes;

namespace CsPlatform.Contracts.Tests;

/// <summary>The messages between services keep their JSON: each writes its golden file and reads every older form of it.</summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Messages => [.. Types.Keys.Order(StringComparer.Ordinal)];

    public static TheoryData<string> OlderForms =>
        [.. Repository.Names("contracts/Golden/older", "*.json").Where(x => Types.ContainsKey(WireNameOf(x)))];

    private static readonly Dictionary<string, Type> Types =
        Topology.Services.SelectMany(x => x.Publishes).ToDictionary(Samples.WireName);

    [Theory, MemberData(nameof(Messages))]
    public void Message_serialises_to_its_golden_file(string wireName)
    {
        var written = Wire.Write(Samples.Of(Types[wireName]));

        Assert.Equal(Repository.Read("contracts", "Golden", wireName + ".json"), written);
    }

    [Theory, MemberData(nameof(Messages))]
    public void Golden_file_reads_back_as_the_message(string wireName)
    {
        var golden = Repository.Read("contracts", "Golden", wireName + ".json");

        var read = Wire.Read(golden, Types[wireName]);

        Assert.Equal(golden, Wire.Write(read!));
    }

    [Theory, MemberData(nameof(OlderForms))]
    public void Older_form_is_read(string file)
    {
        var type = Types[WireNameOf(file)];

        var read = Wire.Read(Repository.Read("contracts", "Golden", "older", file), type);

        Assert.NotNull(read);
        Assert.Equal(Samples.AccountId, type.GetProperty("AccountId")!.GetValue(read));
    }

    [Theory, MemberData(nameof(Messages))]
    public void Unknown_member_is_ignored(string wireName)
    {
        var golden = Repository.Read("contracts", "Golden", wireName + ".json");
        var later = JsonNode.Parse(golden)!;
        later["addedLater"] = new JsonObject { ["by"] = "a newer publisher" };

        var read = Wire.Read(later.ToJsonString(), Types[wireName]);

        Assert.Equal(golden, Wire.Write(read!));
    }

    [Fact]
    public void Every_golden_file_belongs_to_a_message_or_a_public_event()
    {
        var known = Types.Keys.Concat(PublicEvents.Names).Select(x => x + ".json").ToHashSet();

        Assert.DoesNotContain(Repository.Names("contracts/Golden", "*.json"), x => !known.Contains(x));
        Assert.Empty(known.Except(Repository.Names("contracts/Golden", "*.json")));
    }

    [Fact]
    public void Renamed_member_would_be_seen()
    {
        var golden = Repository.Read("contracts", "Golden", "accounts.csm-assigned.v1.json");

        Assert.NotEqual(golden.Replace("csmId", "ownerId", StringComparison.Ordinal), Wire.Write(Samples.Of(Types["accounts.csm-assigned.v1"])));
    }

    /// <summary>accounts.account-registered.v1.minimal.json → accounts.account-registered.v1</summary>
    private static string WireNameOf(string file) => string.Join('.', file.Split('.').Take(3));
}
