using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace CsPlatform.Reliability.Tests.Oracle;

/// <summary>What was sent to be set aside, and must be found there, with its bytes, and nothing else.</summary>
public sealed class Planted
{
    private readonly ConcurrentDictionary<string, bool> parked = new();
    private readonly ConcurrentDictionary<(string Service, Guid Id), string> failed = new();

    /// <summary>Reason and bytes, these as PostgreSQL's escape format writes them.</summary>
    public IReadOnlyCollection<string> Parked => [.. parked.Keys];

    /// <summary>Message id, and the SHA-256 of its body as PostgreSQL writes it.</summary>
    public IEnumerable<string> Failed(string service) =>
        failed.Where(f => f.Key.Service == service).Select(f => $"{f.Key.Id} {f.Value}");

    /// <summary>Equal bytes from one sender are one entry, however often they come.</summary>
    public void Park(string reason, string body) => parked[$"{reason} {Escaped(body)}"] = true;

    public void Unpark(string reason, string body) => parked.TryRemove($"{reason} {Escaped(body)}", out _);

    public void Fail(string service, Guid messageId, ReadOnlySpan<byte> body) =>
        failed[(service, messageId)] = Convert.ToHexStringLower(SHA256.HashData(body));

    private static string Escaped(string body) => Encoding.UTF8.GetBytes(body).All(b => b is >= 32 and < 127)
        ? body.Replace("\\", "\\\\", StringComparison.Ordinal)
        : Regex.Replace(body, @"[^\x20-\x7e]", _ => throw new ArgumentException("Planted bytes are plain ASCII."));
}

/// <summary>What a load should lead to, known beforehand.</summary>
public sealed class Expected
{
    private readonly ConcurrentDictionary<Guid, bool> silent = new();

    /// <summary>Accounts whose use broke off: subscribers must hear of each.</summary>
    public IReadOnlyCollection<Guid> Silent => [.. silent.Keys];

    public void FellSilent(Guid accountId) => silent[accountId] = true;
}
