using System.Security.Claims;
using System.Security.Cryptography;
using CsPlatform.Contracts.Access;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace CsPlatform.ServiceDefaults;

/// <summary>What a caller needs to use a route.</summary>
/// <param name="Name">One of <see cref="Permissions"/>.</param>
internal sealed record RequiredPermission(string Name);

/// <summary>Who may call what. Nothing is open unless a route says so.</summary>
public static class Access
{
    /// <summary>Lets only callers with this permission use the route.</summary>
    /// <typeparam name="T">Route or group.</typeparam>
    /// <param name="route">The route.</param>
    /// <param name="permission">One of <see cref="Permissions"/>.</param>
    public static T Require<T>(this T route, string permission) where T : IEndpointConventionBuilder =>
        route.RequireAuthorization(policy => policy.RequireRole(Permissions.RolesWith(permission)))
            .WithMetadata(new RequiredPermission(permission));

    /// <summary>Who calls: the token's <c>sub</c>.</summary>
    /// <param name="user">The caller.</param>
    public static string Subject(this ClaimsPrincipal user) => user.FindFirstValue("sub") ?? "unknown";

    /// <summary>On which accounts the caller may use what the route needs.</summary>
    /// <param name="http">A call of a route that requires a permission.</param>
    public static Reach Reach(this HttpContext http) =>
        http.User.Granted()[http.GetEndpoint()!.Metadata.GetRequiredMetadata<RequiredPermission>().Name];

    /// <summary>What the caller may do, and on which accounts.</summary>
    /// <param name="user">The caller.</param>
    public static IReadOnlyDictionary<string, Reach> Granted(this ClaimsPrincipal user) =>
        Permissions.Of(user.FindAll("role").Select(claim => claim.Value));

    internal static void AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        var auth = configuration.GetSection("Auth");
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(o =>
        {
            o.MapInboundClaims = false;
            o.TimeProvider = TimeProvider.System; // tokens keep real time in a replay
            o.Audience = auth["Audience"] ?? "csplatform";
            o.TokenValidationParameters.NameClaimType = "sub";
            o.TokenValidationParameters.RoleClaimType = "role";
            o.TokenValidationParameters.ClockSkew = TimeSpan.FromSeconds(30);
            o.TokenValidationParameters.ValidAlgorithms = ["ES256", "ES384", "RS256", "PS256"];
            if (auth["Authority"] is { Length: > 0 } authority)
                o.Authority = authority;
            else
            {
                o.TokenValidationParameters.ValidIssuer = Required(auth, "Issuer");
                o.TokenValidationParameters.IssuerSigningKey = new ECDsaSecurityKey(
                    PublicKey(Required(auth, "PublicKey")));
                o.TokenValidationParameters.ValidAlgorithms = ["ES256"];
            }
        });
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser()
                .RequireAssertion(
                    context => context.Resource is HttpContext http && IsNoRoute(http.GetEndpoint())).Build());
    }

    /// <summary>
    /// A route that nobody opened stays closed. What is no route (404, or the framework's own 405 and 415) says so to a
    /// caller with a token.
    /// </summary>
    private static bool IsNoRoute(Endpoint? endpoint) => endpoint is not RouteEndpoint;

    private static string Required(IConfigurationSection auth, string key) => auth[key] is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException(
            "Set Auth__Authority (an OpenID Connect issuer), or Auth__Issuer and Auth__PublicKey: "
            + $"Auth__{key} is missing.");

    private static ECDsa PublicKey(string base64)
    {
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(base64), out _);
        return key;
    }
}
