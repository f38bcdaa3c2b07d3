using System.Security.Cryptography;
using CsPlatform.Demo.Replaying;

namespace CsPlatform.Demo.Tests.Replaying;

/// <summary>Every byte that days send, in order, as one hash.</summary>
internal static class Bytes
{
    public static string HashOf(IEnumerable<ReplayDay> days)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var wire in days.Select(Wire.Of))
        {
            foreach (var call in wire.Calls)
            {
                hash.AppendData(
                    System.Text.Encoding.UTF8.GetBytes($"\n{call.Service} {call.Path} {call.ContentType}\n"));
                hash.AppendData(call.Body.Span);
            }
            foreach (var message in wire.Messages)
                hash.AppendData(message.Body.Span);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
