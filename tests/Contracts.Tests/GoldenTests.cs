using System.Text.Json.Nodes;
using CsPlatform.ContractFiles;

namespace CsPlatform.Contracts.Tests;

/// <summary>The messages between services keep their JSON: each reads its goldens and every older form.</summary>
public sealed class GoldenTests
{
    private static readonly Samples Goldens = Clone.OfThisProgram().Messages;

    public static TheoryData<string> Messages => [.. Goldens.Types.Keys.Order(StringComparer.Ordinal)];

    public static TheoryData<string> OlderForms =>
        [.. Repository.Names("contracts/Golden/older", "*.json").Where(x => Goldens.Types.ContainsKey(WireNameOf(x)))];

    [Theory, MemberData(nameof(Messages))]
    public void Golden_file_reads_back_as_the_message(string wireName)
    {
        var goldens = Goldens.Of(wireName).Values;

        Assert.NotEmpty(goldens);
        Assert.All(goldens, golden => Assert.Null(Goldens.Difference(wireName, golden)));
    }

    [Theory, MemberData(nameof(OlderForms))]
    public void Older_form_is_read(string file)
    {
        var type = Goldens.Types[WireNameOf(file)];

        var read = JsonText.OnTheBus.Read(Repository.Read("contracts", "Golden", "older", file), type);

        Assert.Equal(AlertSamples.Account, type.GetProperty("AccountId")!.GetValue(read));
    }

    [Theory, MemberData(nameof(Messages))]
    public void Unknown_member_is_ignored(string wireName)
    {
        var golden = Repository.Read("contracts", "Golden", wireName + ".json");
        var later = JsonNode.Parse(golden)!;
        later["addedLater"] = new JsonObject { ["by"] = "a newer publisher" };

        var read = JsonText.OnTheBus.Read(later.ToJsonString(), Goldens.Types[wireName]);

        Assert.Equal(JsonText.ForPeople(golden), JsonText.ForPeople(JsonText.OnTheBus.Write(read)));
    }

    [Fact]
    public void Every_golden_file_belongs_to_a_message_or_a_public_event() => Assert.Equal(
        PublicEvents.Names.Select(x => x + ".json").Order(StringComparer.Ordinal), Goldens.OfNoType());

    [Fact]
    public void Renamed_member_would_be_seen()
    {
        var golden = Repository.Read("contracts", "Golden", "accounts.csm-assigned.v1.json");
        var renamed = golden.Replace("csmId", "ownerId", StringComparison.Ordinal);

        Assert.Contains(
            "ownerId is not read", Goldens.Difference("accounts.csm-assigned.v1", renamed), StringComparison.Ordinal);
    }

    /// <summary>accounts.account-registered.v1.minimal.json → accounts.account-registered.v1</summary>
    private static string WireNameOf(string file) => string.Join('.', file.Split('.').Take(3));
}
