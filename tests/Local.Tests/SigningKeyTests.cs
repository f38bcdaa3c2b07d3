using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace CsPlatform.Local.Tests;

public sealed class SigningKeyTests : IDisposable
{
    private readonly StateDirectory state = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));

    [Fact]
    public void A_token_says_who_it_speaks_for_and_when_it_ends()
    {
        var token = SigningKey.Of(state).Sign(new("publisher", "viewer")
        {
            Subject = "shop",
            Sources = ["app", "web"],
            Lifetime = TimeSpan.FromHours(2),
        });

        var claims = Decode(token.Split('.')[1]);
        Assert.Equal("shop", claims.GetProperty("sub").GetString());
        Assert.Equal(SigningKey.Issuer, claims.GetProperty("iss").GetString());
        Assert.Equal(SigningKey.Audience, claims.GetProperty("aud").GetString());
        Assert.Equal(["publisher", "viewer"], claims.GetProperty("role").EnumerateArray().Select(r => r.GetString()));
        Assert.Equal(["app", "web"], claims.GetProperty("source").EnumerateArray().Select(s => s.GetString()));
        Assert.Equal(7200, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
    }

    [Fact]
    public void The_public_key_verifies_a_token_and_refuses_a_changed_one()
    {
        var key = SigningKey.Of(state);
        var parts = key.Sign(new("viewer")).Split('.');

        Assert.Equal("ES256", Decode(parts[0]).GetProperty("alg").GetString());
        Assert.True(Verifies(key, $"{parts[0]}.{parts[1]}", parts[2]));
        Assert.False(Verifies(key, $"{parts[0]}.{key.Sign(new("admin")).Split('.')[1]}", parts[2]));
    }

    [Fact]
    public void The_key_is_made_once_per_state_directory_and_never_shared()
    {
        var key = SigningKey.Of(state);
        var other = new StateDirectory(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));

        Assert.Equal(key.PublicKey, SigningKey.Of(state).PublicKey);
        Assert.NotEqual(key.PublicKey, SigningKey.Of(other).PublicKey);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(state.Path("signing-key.pem")));
        other.Delete();
    }

    public void Dispose() => state.Delete();

    private static JsonElement Decode(string part) =>
        JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(part));

    private static bool Verifies(SigningKey key, string signed, string signature)
    {
        using var publicKey = ECDsa.Create();
        publicKey.ImportSubjectPublicKeyInfo(Convert.FromBase64String(key.PublicKey), out _);
        return publicKey.VerifyData(
            Encoding.ASCII.GetBytes(signed), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256);
    }
}
