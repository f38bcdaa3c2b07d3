using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CsPlatform.Demo.Replaying;

namespace CsPlatform.Demo.OnlineRetail;

/// <summary>
/// The default score model with one change: no alert on a drop or on a falling trend. These speak of daily use; a
/// shop's customer orders every month or two, and after each order its score falls until the next. The measures, their
/// weights and the threshold of low health are the default's: nothing is fitted to what happened.
/// </summary>
internal static class RetailModel
{
    public const string Reason = "Orders come a month or two apart: a fall between two of them is their rhythm, no drop.";

    private const string ModelId = "default";

    public static async Task PublishAsync(Endpoints endpoints, CancellationToken cancellationToken)
    {
        var health = endpoints.Of("health", Part.Admin);
        var first = await health.GetFromJsonAsync<JsonObject>($"/v1/models/{ModelId}/1", cancellationToken);
        using var answer = await health.PutAsJsonAsync(
            $"/v1/models/{ModelId}", Of(first!["model"]!.AsObject()), cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException(
                $"The score model was refused: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }

    internal static JsonObject Of(JsonObject model)
    {
        var changed = (JsonObject)model.DeepClone();
        changed.Remove("modelId");
        changed.Remove("version");
        changed.Remove("lookBackDays"); // worked out, not given
        foreach (var measure in changed["measures"]!.AsArray())
            measure!.AsObject().Remove("bestValue");
        changed["reason"] = Reason;
        changed["name"] = "Default, for orders";
        // A score has 100 points to lose, and no use is below zero: neither rule can hold.
        changed["alerts"]!["dropPoints"] = 101;
        changed["alerts"]!["trendBelow"] = 0;
        return changed;
    }
}
