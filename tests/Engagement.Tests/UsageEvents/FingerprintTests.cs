using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Tests.UsageEvents;

public sealed class FingerprintTests
{
    private static readonly byte[] Usual = Sample.Event().With("partition", 7).Parse().Event!.Fingerprint;

    [Theory]
    [InlineData("""{"partition":7,"time":"2026-03-01T11:00:00.000+01:00","data":{"user":"ann","minutes":5,"feature":"reports"}}""")]
    [InlineData("""{"data":{"minutes":5.0,"feature":"reports","user":"ann"},"partition":"7","datacontenttype":"Application/JSON; charset=utf-8","time":"2026-03-01t10:00:00z"}""")]
    [InlineData("""{"data":{"minutes":0.5e1,"feature":"r\u0065ports","user":"ann"},"partition":7,"time":"2026-03-01T10:00:00.0000009Z","dataschema":null}""")]
    [InlineData("""{"data":{"minutes":5,"feature":"reports","user":"ann"},"partition":7,"time":"2026-03-01T10:00:00Z","traceparent":"00-1-2-01","tracestate":"a=b"}""")]
    public void Equal_meaning_gives_an_equal_fingerprint(string members) => Assert.Equal(Usual, Of(members));

    [Theory]
    [InlineData("""{"partition":7,"time":"2026-03-01T10:00:01Z","data":{"user":"ann","minutes":5,"feature":"reports"}}""")]
    [InlineData("""{"partition":8,"time":"2026-03-01T10:00:00Z","data":{"user":"ann","minutes":5,"feature":"reports"}}""")]
    [InlineData("""{"partition":7,"time":"2026-03-01T10:00:00Z","data":{"user":"ann","minutes":6,"feature":"reports"}}""")]
    [InlineData("""{"partition":7,"time":"2026-03-01T10:00:00Z","data":{"user":"ann","minutes":5,"feature":"reports","x":null}}""")]
    [InlineData("""{"partition":7,"time":"2026-03-01T10:00:00Z"}""")]
    [InlineData("""{"partition":7,"data":{"user":"ann","minutes":5,"feature":"reports"}}""")]
    [InlineData("""{"partition":7,"time":"2026-03-01T10:00:00Z","dataschema":"s","data":{"user":"ann","minutes":5,"feature":"reports"}}""")]
    public void Other_meaning_gives_another_fingerprint(string members) => Assert.NotEqual(Usual, Of(members));

    [Fact]
    public void Binary_mode_and_structured_mode_are_one()
    {
        var binary = BinaryMode.ToStructured(
            new Dictionary<string, string?[]>
            {
                ["specversion"] = ["1.0"],
                ["ID"] = ["1"],
                ["source"] = ["app"],
                ["type"] = ["com.example%2Eused"],
                ["subject"] = ["crm/0042"],
                ["time"] = ["2026-03-01T10:00:00Z"],
                ["partition"] = ["7"],
            },
            "application/json; charset=utf-8", """ {"user": "ann", "minutes": 5, "feature": "reports"} """.Trim().Select(c => (byte)c).ToArray());

        Assert.Equal(Usual, Sample.Parse(binary.ToArray()).Event!.Fingerprint);
    }

    [Theory]
    [InlineData("""{},"subject":"crm/other" """)]
    [InlineData("""{}}""")]
    [InlineData("""{"a":""")]
    public void A_binary_body_cannot_smuggle_attributes(string body) => Assert.Equal("data-not-json",
        Assert.Throws<UsageEventRefusedException>(() => BinaryMode.ToStructured(
            new Dictionary<string, string?[]> { ["id"] = ["1"] }, "application/json",
            Encoding.UTF8.GetBytes(body))).Code);

    [Fact]
    public void Key_order_and_spacing_never_matter() =>
        Gen.Dictionary(Gen.String[Gen.Char.AlphaNumeric, 0, 5], Gen.Int)[0, 8]
        .Select(Gen.Int).Sample((members, seed) =>
        {
            var shuffled = members.ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(Fingerprint(members, indented: false), Fingerprint(shuffled, indented: true));
        }, iter: 500);

    private static byte[] Fingerprint(IEnumerable<KeyValuePair<string, int>> members, bool indented)
    {
        var data = new JsonObject(members.Select(m => KeyValuePair.Create("x" + m.Key, (JsonNode?)m.Value)));
        var json = Sample.Event().With("data", data).ToJsonString(new() { WriteIndented = indented });
        return Sample.Parse(json).Event!.Fingerprint;
    }

    private static byte[] Of(string members)
    {
        var json = """{"specversion":"1.0","id":"1","source":"app","type":"com.example.used","subject":"crm/0042",""" + members[1..];
        return Sample.Parse(json).Event!.Fingerprint;
    }
}
