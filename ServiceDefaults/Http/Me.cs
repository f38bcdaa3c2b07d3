using System.Security.Claims;
using CsPlatform.Contracts.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace CsPlatform.ServiceDefaults;

/// <summary>The caller, and what it may do.</summary>
/// <param name="Subject">The token's <c>sub</c>.</param>
/// <param name="Roles">The token's roles.</param>
/// <param name="Permissions">By name, the accounts on which each may be used: all, or those of the own book.</param>
internal sealed record Me(
    string Subject, IReadOnlyList<string> Roles, IReadOnlyDictionary<string, Reach> Permissions);

internal static class MeEndpoint
{
    public static void MapMe(this IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/me", Handle)
        .WithName("GetMe").WithSummary("Who the caller is, and what it may do").WithTags("Access")
        .RequireAuthorization(new AuthorizeAttribute());

    private static Ok<Me> Handle(ClaimsPrincipal user) => TypedResults.Ok(new Me(
        user.Subject(), [.. user.FindAll("role").Select(claim => claim.Value)], user.Granted()));
}
