using System.Text.Json.Nodes;
using CsPlatform.Demo.OnlineRetail;

namespace CsPlatform.Demo.Tests.OnlineRetail;

public sealed class RetailModelTests
{
    [Fact]
    public void Only_the_rules_of_drops_differ_from_the_model_it_is_made_of()
    {
        var model = JsonNode.Parse("""
            {"modelId":"default","version":1,"name":"Default","coverageFloor":0.5,"storeStep":3.0,"lookBackDays":182,
             "measures":[{"id":"recency","source":"recency","weight":20,"windowDays":182,"curve":[{"value":3,"points":100}],"bestValue":3}],
             "bands":{"greenFrom":70},"alerts":{"lowHealthBelow":40,"dropPoints":15,"dropClearsWithin":8,"trendBelow":0.4,"trendClearsFrom":0.7}}
            """)!.AsObject();
        var published = RetailModel.Of(model);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse($$"""
            {"name":"Default, for orders","coverageFloor":0.5,"storeStep":3.0,
             "measures":[{"id":"recency","source":"recency","weight":20,"windowDays":182,"curve":[{"value":3,"points":100}]}],
             "bands":{"greenFrom":70},"alerts":{"lowHealthBelow":40,"dropPoints":101,"dropClearsWithin":8,"trendBelow":0,"trendClearsFrom":0.7},
             "reason":"{{RetailModel.Reason}}"}
            """), published), published.ToJsonString());
        Assert.Equal("default", (string?)model["modelId"]);
    }
}
