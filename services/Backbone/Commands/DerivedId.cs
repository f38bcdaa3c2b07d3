using System.Security.Cryptography;

namespace CsPlatform.Backbone;

/// <summary>Ids that follow from a content, so that whoever works one out, and however often, gets the same.</summary>
public static class DerivedId
{
    /// <summary>A UUID of version 8, made by a rule of our own: over SHA-256.</summary>
    /// <param name="content">What the id follows from; nothing else may have the same.</param>
    public static Guid Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
