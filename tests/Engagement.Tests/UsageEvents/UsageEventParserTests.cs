using System.Text;
using System.Text.Json.Nodes;

namespace CsPlatform.Engagement.Tests.UsageEvents;

public sealed class UsageEventParserTests
{
    [Fact]
    public void A_full_event_is_read()
    {
        var item = Sample.Event().With("partitionkey", "p").With("dataschema", "https://example.com/s").Parse();

        var e = item.Event!;
        Assert.Null(item.Refusal);
        Assert.Equal(("app", "1", "com.example.used", "crm/0042"), (e.Source, e.Id, e.Type, e.Subject));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero), e.Time);
        Assert.Equal(("ann", false, 5m), (e.Use.User, e.Use.Automation, e.Use.Minutes));
        Assert.Equal(["reports"], e.Use.Features);
        Assert.Equal("""{"feature":"reports","minutes":5,"user":"ann"}""", Encoding.UTF8.GetString(e.Data!));
        Assert.Equal("""{"dataschema":"https://example.com/s","partitionkey":"p"}""", Encoding.UTF8.GetString(e.Extensions!));
    }

    [Fact]
    public void Time_and_data_may_be_left_out()
    {
        var e = Sample.Parse("""{"specversion":"1.0","id":"1","source":"app","type":"t","subject":"crm/1"}""").Event!;
        Assert.Null(e.Time);
        Assert.Null(e.Data);
    }

    [Fact]
    public void Features_of_both_members_are_one_sorted_set()
    {
        var e = Sample.ParseData("""{"features":["b","a","b"],"feature":"c","other":{"kept":[1]}}""").Event!;
        Assert.Equal(["a", "b", "c"], e.Use.Features);
    }

    [Theory]
    [InlineData("specversion", null, "attribute-missing")]
    [InlineData("specversion", "0.3", "specversion-unsupported")]
    [InlineData("specversion", "2.0", "specversion-unsupported")]
    [InlineData("id", null, "attribute-missing")]
    [InlineData("id", "", "attribute-invalid")]
    [InlineData("id", "a\u0001", "attribute-invalid")]
    [InlineData("id", "a\0", "nul-character")]
    [InlineData("source", null, "attribute-missing")]
    [InlineData("type", "", "attribute-invalid")]
    [InlineData("subject", null, "subject-missing")]
    [InlineData("subject", "no-slash", "subject-malformed")]
    [InlineData("subject", "CRM/1", "subject-malformed")]
    [InlineData("subject", "crm/", "subject-malformed")]
    [InlineData("subject", "/1", "subject-malformed")]
    [InlineData("subject", "account/42", "subject-malformed")]
    [InlineData("subject", "account/00000000-0000-0000-0000-000000000000", "subject-malformed")]
    [InlineData("time", "2026-03-01T10:00:00", "time-invalid")]
    [InlineData("Extension", "x", "attribute-invalid")]
    [InlineData("my.extension", "x", "attribute-invalid")]
    [InlineData("datacontenttype", "text/xml", "data-not-json")]
    public void A_wrong_attribute_is_refused_with_its_code(string attribute, string? value, string code) =>
        Assert.Equal(code, Sample.Event().With(attribute, value).Parse().Code());

    [Theory]
    [InlineData("1", "data-not-object")]
    [InlineData("\"text\"", "data-not-object")]
    [InlineData("[]", "data-not-object")]
    [InlineData("""{"user":7}""", "data-invalid")]
    [InlineData("""{"user":""}""", "data-invalid")]
    [InlineData("""{"userKind":"robot"}""", "data-invalid")]
    [InlineData("""{"features":"a"}""", "data-invalid")]
    [InlineData("""{"features":[1]}""", "data-invalid")]
    [InlineData("""{"minutes":-1}""", "data-invalid")]
    [InlineData("""{"minutes":"5"}""", "data-invalid")]
    [InlineData("""{"minutes":100001}""", "data-invalid")]
    [InlineData("""{"a":1,"a":1}""", "duplicate-member")]
    [InlineData("""{"b":1,"a":2,"b":1}""", "duplicate-member")]
    [InlineData("""{"x":{"a":1,"\u0061":1}}""", "duplicate-member")]
    [InlineData("""{"x":"\u0000"}""", "nul-character")]
    [InlineData("""{"\u0000":1}""", "nul-character")]
    [InlineData("""{"x":"\ud800"}""", "lone-surrogate")]
    [InlineData("""{"\udc00x":1}""", "lone-surrogate")]
    [InlineData("""{"x":9007199254740992}""", "number-out-of-range")]
    [InlineData("""{"x":-9007199254740992}""", "number-out-of-range")]
    [InlineData("""{"x":1e400}""", "number-out-of-range")]
    [InlineData("""{"x":1e-400}""", "number-out-of-range")]
    [InlineData("""{"x":0.12345678901234567890123456789}""", "number-out-of-range")]
    [InlineData("""{"x":1,}""", "invalid-json")]
    [InlineData("""{"x":01}""", "invalid-json")]
    [InlineData("""{"x":NaN}""", "invalid-json")]
    [InlineData("""{}}""", "invalid-json")]
    public void Wrong_data_is_refused_with_its_code(string data, string code) =>
        Assert.Equal(code, Sample.ParseData(data).Code());

    [Theory]
    [InlineData("""{"x":9007199254740991}""")]
    [InlineData("""{"x":-9007199254740991}""")]
    [InlineData("""{"x":0.1234567890123456789012345678}""")]
    [InlineData("""{"x":-0}""")]
    [InlineData("""{"x":"😀\ud83d\ude00"}""")]
    [InlineData("""{"user":null,"feature":null,"features":null,"minutes":null,"userKind":null}""")]
    [InlineData("null")]
    public void What_can_be_stored_is_taken(string data) => Assert.Null(Sample.ParseData(data).Refusal);

    [Fact]
    public void Bad_UTF_8_is_refused()
    {
        var json = Encoding.UTF8.GetBytes(Sample.Event(user: "a?b").ToJsonString());
        json[json.AsSpan().IndexOf("a?b"u8) + 1] = 0xFF;
        Assert.Equal("invalid-utf8", Sample.Parse(json).Code());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("{}x")]
    [InlineData("\uFEFF{}")]
    public void What_is_no_event_is_refused(string json) => Assert.NotNull(Sample.Parse(json).Refusal);

    [Fact]
    public void Depth_keys_strings_and_size_have_limits()
    {
        Assert.Null(Sample.ParseData($$"""{"x":{{new string('[', 30)}}{{new string(']', 30)}}}""").Refusal);
        Assert.Equal("too-deep", Sample.ParseData($$"""{"x":{{new string('[', 31)}}{{new string(']', 31)}}}""").Code());
        Assert.Null(Data(994).Refusal);
        Assert.Equal("too-many-keys", Data(995).Code());
        Assert.Null(Sample.ParseData($$"""{"x":"{{new string('a', 32 * 1024)}}"}""").Refusal);
        Assert.Equal("string-too-long", Sample.ParseData($$"""{"x":"{{new string('a', 32 * 1024 + 1)}}"}""").Code());
        Assert.Equal("event-too-large", Sample.Parse(Sample.Event().ToJsonString().PadRight(64 * 1024 + 1)).Code());
        Assert.Null(Sample.Parse(Sample.Event().ToJsonString().PadRight(64 * 1024)).Refusal);

        static CsPlatform.Engagement.UsageEvents.UsageItem Data(int keys) => Sample.ParseData(
            new JsonObject(
                Enumerable.Range(0, keys).Select(i => KeyValuePair.Create($"k{i}", (JsonNode?)i))).ToJsonString());
    }

    [Fact]
    public void Base64_data_is_JSON_or_refused()
    {
        var json = Convert.ToBase64String("""{"minutes":5,"user":"ann","feature":"reports"}"""u8);
        var encoded = Sample.Event().With("data_base64", json);
        encoded.Remove("data");
        Assert.Equal(Sample.Event().Parse().Event!.Fingerprint, encoded.Parse().Event!.Fingerprint);
        Assert.Equal("attribute-invalid", Sample.Event().With("data_base64", json).Parse().Code());
        Assert.Equal("data-not-json", encoded.DeepClone().AsObject().With("data_base64", "AAAA").Parse().Code());
        Assert.Equal("attribute-invalid", encoded.DeepClone().AsObject().With("data_base64", "###").Parse().Code());
    }

    [Fact]
    public void A_refused_event_still_tells_its_id() =>
        Assert.Equal(
            ("7", "app"), Sample.Event(id: "7", time: "noon").Parse() is var item ? (item.Id, item.Source) : default);
}
