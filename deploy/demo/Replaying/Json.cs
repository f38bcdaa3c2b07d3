using System.Text.Json;

namespace CsPlatform.Demo.Replaying;

internal static class Json
{
    /// <summary>For answers of the API: a tolerant reader.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web);
}
