using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsPlatform.Contracts.Access;

namespace CsPlatform.Local.Platform;

/// <summary>
/// The key that signs tokens for local use (JWT, ES256). Made at first start, kept in the state directory, readable by
/// its owner only. Services get the public half.
/// </summary>
public sealed class SigningKey
{
    public const string Issuer = "csplatform-local";
    public const string Audience = "csplatform";

    private readonly string pem;

    private SigningKey(string pem)
    {
        this.pem = pem;
        using var key = Open();
        PublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>SubjectPublicKeyInfo in base64, as the setting Auth__PublicKey takes it.</summary>
    public string PublicKey { get; }

    public static SigningKey Of(StateDirectory state)
    {
        var file = state.Path("signing-key.pem");
        if (!File.Exists(file))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            StateDirectory.WritePrivate(file, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        }
        return new(File.ReadAllText(file));
    }

    /// <summary>A token with these claims, from now on. Real time: also while the services live in a replay.</summary>
    public string Sign(TokenClaims claims)
    {
        var now = TimeProvider.System.GetUtcNow();
        var expired = claims.Lifetime < TimeSpan.Zero ? 2 * claims.Lifetime : TimeSpan.Zero; // it was valid once
        var header = Encode(new { alg = "ES256", typ = "JWT" });
        var body = Encode(new Dictionary<string, object>
        {
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["sub"] = claims.Subject,
            ["role"] = claims.Roles,
            ["source"] = claims.Sources,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.AddSeconds(-10).Add(expired).ToUnixTimeSeconds(),
            ["exp"] = now.Add(claims.Lifetime).ToUnixTimeSeconds(),
        });
        using var key = Open();
        // .NET signs in the fixed-length form (r ‖ s) that JWT asks for.
        var signature = key.SignData(Encoding.ASCII.GetBytes($"{header}.{body}"), HashAlgorithmName.SHA256);
        return $"{header}.{body}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode<T>(T part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));

    private ECDsa Open()
    {
        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return key;
    }
}

/// <summary>Who a token speaks for.</summary>
/// <param name="Roles">Of <see cref="Permissions.AllRoles"/>.</param>
public sealed record TokenClaims(params IReadOnlyList<string> Roles)
{
    /// <summary>User id.</summary>
    public string Subject { get; init; } = "local";

    /// <summary>CloudEvents sources that a publisher may send.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Below nought: it ended so long ago.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(8);
}
