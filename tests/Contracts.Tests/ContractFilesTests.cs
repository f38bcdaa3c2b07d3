using CsPlatform.ContractFiles;

namespace CsPlatform.Contracts.Tests;

/// <summary>What <c>./cs contracts</c> writes is committed, and it never changes a sample that is there.</summary>
public sealed class ContractFilesTests : IDisposable
{
    private const string Folder = "contracts/Golden", Name = "contract.v1";

    private static readonly string Sample = "{\n  \"id\": \"contract\",\n  \"seats\": 3\n}\n";

    private readonly string root = Directory.CreateTempSubdirectory("contracts-").FullName;

    public ContractFilesTests() => Directory.CreateDirectory(Path.Combine(root, Clone.StoredEvents));

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Everything_that_the_verb_would_write_is_committed() =>
        Assert.Empty(Clone.OfThisProgram().Changes().Select(x => x.Path));

    [Fact]
    public void No_sample_is_gone_or_changed() => Assert.Empty(new Frozen(Repository.Root).Faults());

    [Fact]
    public void A_new_type_gets_a_sample_that_reads_back()
    {
        var change = Assert.Single(SamplesOf<Contract>().New());

        Assert.Equal($"{Folder}/{Name}.json", change.Path);
        Assert.Null(SamplesOf<Contract>().Difference(Name, change.Text));
        Assert.Equal(change, Assert.Single(SamplesOf<Contract>().New())); // the same in every run
    }

    [Fact]
    public void A_type_whose_members_are_all_shown_gets_no_further_sample()
    {
        Put($"{Name}.json", Sample);

        Assert.Empty(SamplesOf<Contract>().New());
    }

    [Fact]
    public void A_member_that_was_added_gets_a_sample_beside_the_one_that_is_there()
    {
        Put($"{Name}.json", Sample);

        var change = Assert.Single(SamplesOf<LongerContract>().New());

        Assert.Equal($"{Folder}/{Name}.2.json", change.Path);
        Assert.Contains("\"terms\"", change.Text, StringComparison.Ordinal);
        Assert.Null(SamplesOf<LongerContract>().Difference(Name, Sample));
        Put($"{Name}.2.json", change.Text);
        Assert.Empty(SamplesOf<LongerContract>().New());
    }

    [Fact]
    public void A_member_that_was_taken_away_is_seen() => Assert.Contains(
        "seats is not read", SamplesOf<ShorterContract>().Difference(Name, Sample), StringComparison.Ordinal);

    [Fact]
    public void A_member_that_invents_a_value_for_the_past_is_seen() => Assert.Contains(
        "comes from nowhere", SamplesOf<InventedContract>().Difference(Name, Sample), StringComparison.Ordinal);

    [Fact]
    public void A_sample_that_was_changed_or_removed_after_it_was_listed_is_seen()
    {
        Put($"{Name}.json", Sample);
        Put("other.v1.json", Sample);
        File.WriteAllText(Path.Combine(root, Frozen.File), new Frozen(root).With([]));
        Assert.Empty(new Frozen(root).Faults());

        Put($"{Name}.json", Sample.Replace('3', '4'));
        File.Delete(Path.Combine(root, Folder, "other.v1.json"));

        Assert.Equal(
            [$"{Folder}/{Name}.json was changed", $"{Folder}/other.v1.json is gone"], new Frozen(root).Faults());
    }

    private Samples SamplesOf<T>() =>
        new(root, Folder, new Dictionary<string, Type> { [Name] = typeof(T) }, JsonText.OnTheBus);

    private void Put(string file, string text)
    {
        Directory.CreateDirectory(Path.Combine(root, Folder));
        File.WriteAllText(Path.Combine(root, Folder, file), text);
    }

    internal sealed record Contract(string Id, int Seats);

    internal sealed record ShorterContract(string Id);

    internal sealed record LongerContract(string Id, int Seats, IReadOnlyList<Term>? Terms = null);

    internal sealed record InventedContract(string Id, int Seats, string Currency = "EUR");

    internal sealed record Term(DateOnly From, Stage Stage, TimeSpan Notice);

    internal enum Stage
    {
        Signed,
        Ended,
    }
}
