using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsPlatform.ServiceDefaults;
using Marten;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CsPlatform.Backbone;

/// <summary>
/// A caller's <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header): what it creates has an id that
/// follows from caller, route and key, so a repeat finds it, however late and however many come at once. The first
/// event keeps what was asked.
/// </summary>
internal sealed class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    private const int MaxLength = 255;
    private const string CommandHeader = "command"; // of stored events

    private readonly string fingerprint;

    private IdempotencyKey(Guid id, string fingerprint) => (Id, this.fingerprint) = (id, fingerprint);

    /// <summary>Of what the command creates.</summary>
    public Guid Id { get; }

    /// <summary>The call's key; null where it has none.</summary>
    /// <exception cref="RefusedException">400 <c>idempotency-key-invalid</c>.</exception>
    public static IdempotencyKey? Of(HttpContext http, object command)
    {
        if (http.Request.Headers[Header] is not [var header, ..])
            return null;
        var key = (header ?? "").Trim().Trim('"');
        if (key.Length is 0 or > MaxLength || key.Any(c => c is < ' ' or > '~'))
            throw new RefusedException(
                "idempotency-key-invalid", $"{Header} has 1 to {MaxLength} printable ASCII characters.", 400);

        var route = ((RouteEndpoint)http.GetEndpoint()!).RoutePattern.RawText;
        var json = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        return new(
            DerivedId.Of(Encoding.UTF8.GetBytes($"{http.User.Subject()}\n{route}\n{key}")),
            Convert.ToHexStringLower(
                SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(command, command.GetType(), json))));
    }

    /// <summary>What is saved next was asked for by this call.</summary>
    public void Mark(IDocumentSession session) => session.SetHeader(CommandHeader, fingerprint);

    /// <exception cref="RefusedException">
    /// 422 <c>idempotency-key-reused</c>: it came before with other content.
    /// </exception>
    public async Task MustFit(IQuerySession session, CancellationToken cancellationToken)
    {
        var first = await session.Events.FetchStreamAsync(Id, version: 1, token: cancellationToken);
        if (first is not [var began] || began.GetHeader(CommandHeader) as string != fingerprint)
            throw new RefusedException(
                "idempotency-key-reused", $"The {Header} came before with other content. Use a new one.", 422);
    }
}
