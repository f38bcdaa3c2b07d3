using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace CsPlatform.ServiceDefaults;

/// <summary>The roles a token may carry, in its <c>role</c> claim.</summary>
public static class Roles
{
    /// <summary>Reads everything about every account.</summary>
    public const string Viewer = "viewer";

    /// <summary>A customer success manager: reads and works accounts.</summary>
    public const string Csm = "csm";

    /// <summary>Leads CSMs.</summary>
    public const string Lead = "lead";

    /// <summary>Configures the system.</summary>
    public const string Admin = "admin";

    /// <summary>A machine that sends usage events, only with the sources of its <c>source</c> claims.</summary>
    public const string Publisher = "publisher";

    /// <summary>A machine that collects survey answers and sends them, of any account.</summary>
    public const string Collector = "collector";

    /// <summary>A machine that receives alerts.</summary>
    public const string Subscriber = "subscriber";

    /// <summary>Runs the system: sweeps, parked events, replays.</summary>
    public const string Ops = "ops";
}

/// <summary>Who may call what. Nothing is open unless a route says so.</summary>
public static class Access
{
    /// <summary>Lets only these roles call the route.</summary>
    /// <typeparam name="T">Route or group.</typeparam>
    /// <param name="route">The route.</param>
    /// <param name="roles">Any of <see cref="Roles"/>.</param>
    public static T Allow<T>(this T route, params string[] roles) where T : IEndpointConventionBuilder =>
        route.RequireAuthorization(new AuthorizeAttribute { Roles = string.Join(',', roles) });

    /// <summary>Viewers and everyone who works accounts.</summary>
    /// <typeparam name="T">Route or group.</typeparam>
    /// <param name="route">The route.</param>
    public static T AllowReaders<T>(this T route) where T : IEndpointConventionBuilder =>
        route.Allow(Roles.Viewer, Roles.Csm, Roles.Lead, Roles.Admin);

    /// <summary>Everyone who works accounts.</summary>
    /// <typeparam name="T">Route or group.</typeparam>
    /// <param name="route">The route.</param>
    public static T AllowEditors<T>(this T route) where T : IEndpointConventionBuilder =>
        route.Allow(Roles.Csm, Roles.Lead, Roles.Admin);

    /// <summary>Those who run the system.</summary>
    /// <typeparam name="T">Route or group.</typeparam>
    /// <param name="route">The route.</param>
    public static T AllowOps<T>(this T route) where T : IEndpointConventionBuilder => route.Allow(Roles.Ops, Roles.Admin);

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
                o.TokenValidationParameters.IssuerSigningKey = new ECDsaSecurityKey(PublicKey(Required(auth, "PublicKey")));
                o.TokenValidationParameters.ValidAlgorithms = ["ES256"];
            }
        });
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser()
                .RequireAssertion(context => context.Resource is HttpContext http && IsNoRoute(http.GetEndpoint())).Build());
    }

    /// <summary>
    /// A route that nobody opened stays closed. What is no route (404, or the framework's own 405 and 415) says so to a
    /// caller with a token.
    /// </summary>
    private static bool IsNoRoute(Endpoint? endpoint) => endpoint is not RouteEndpoint;

    private static string Required(IConfigurationSection auth, string key) => auth[key] is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException(
            $"Set Auth__Authority (an OpenID Connect issuer), or Auth__Issuer and Auth__PublicKey: Auth__{key} is missing.");

    private static ECDsa PublicKey(string base64)
    {
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(base64), out _);
        return key;
    }
}
