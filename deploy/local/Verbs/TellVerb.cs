using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CsPlatform.Contracts.Access;
using CsPlatform.Local.Platform;

namespace CsPlatform.Local.Verbs;

/// <summary>Has a service tell its past again to one queue, and waits until it is told.</summary>
internal static class TellVerb
{
    public static Verb Definition { get; } = new("tell", $"""
        ./cs tell <service> <queue> [options]     have a service's past messages told again to one queue

          service           {string.Join(' ', PlatformOptions.AllServices)}
          queue             of a service that hears it, or of a subscriber of alerts
          --type <name>     which messages; repeat for more (default all that the queue hears)
          --from <n>        the stored event to begin with (default 1)
          --of <system>     which one: what `up` starts (system, the default) or the demo (demo)

        Example:  ./cs tell accounts feedback --type AccountRegistered --type CsmAssigned
        """, ["--type", "--from", StateOption.Name], [], RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Words is not [var service, var queue] || !PlatformOptions.AllServices.Contains(service))
            throw new LocalException(
                $"Name a service and a queue. The services: {string.Join(' ', PlatformOptions.AllServices)}");
        var state = StateOption.Of(arguments);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{state.KnownPort(service)}/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", SigningKey.Of(state).Sign(new(Roles.Ops) { Subject = "local" }));

        var told = await AnswerAsync(client.PostAsJsonAsync("v1/retellings", new
        {
            queue,
            types = arguments.Values("--type"),
            fromSequence = arguments.Number("--from", 1),
        }, cancellationToken), service);
        var through = told.GetProperty("throughSequence").GetInt64();
        while (told.GetProperty("doneAt").ValueKind == JsonValueKind.Null)
        {
            Console.WriteLine($"told through event {told.GetProperty("toldSequence")} of {through}");
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            told = await AnswerAsync(
                client.GetAsync($"v1/retellings/{told.GetProperty("id")}", cancellationToken), service);
        }
        if (told.GetProperty("refusal").GetString() is { } refusal)
            throw new LocalException(refusal);
        Console.WriteLine($"Told {told.GetProperty("sent")} messages to {queue}, through event {through}.");
        return 0;
    }

    /// <exception cref="LocalException">The service is not there, or refuses.</exception>
    private static async Task<JsonElement> AnswerAsync(Task<HttpResponseMessage> call, string service)
    {
        try
        {
            using var response = await call;
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
            return response.IsSuccessStatusCode
                ? answer
                : throw new LocalException(
                    $"{service} refuses: {answer.GetProperty("detail")} {Errors(answer)}".TrimEnd());
        }
        catch (HttpRequestException e)
        {
            throw new LocalException($"{service} is not reached ({e.Message}). `./cs status` says what runs.");
        }

        static string Errors(JsonElement answer) => answer.TryGetProperty("errors", out var errors) ? $"{errors}" : "";
    }
}
