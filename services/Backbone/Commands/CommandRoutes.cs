using CsPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CsPlatform.Backbone;

/// <summary>What the routes of commands say of themselves.</summary>
public static class CommandRoutes
{
    /// <summary>Changes what there is, by <see cref="Commands.Change{T,TRead,TView}"/>.</summary>
    /// <param name="route">The route.</param>
    /// <param name="permission">What the caller needs.</param>
    public static RouteHandlerBuilder AsChange(this RouteHandlerBuilder route, string permission) => route
        .Require(permission)
        .WithMetadata(new RequestHeader("If-Match", "The ETag of the version that the caller saw; 412 where it changed since."))
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed);

    /// <summary>Begins something new, by <see cref="Commands.Create{T,TRead,TView}"/>.</summary>
    /// <param name="route">The route.</param>
    /// <param name="permission">What the caller needs.</param>
    public static RouteHandlerBuilder AsCreation(this RouteHandlerBuilder route, string permission) => route
        .Require(permission)
        .WithMetadata(new RequestHeader(
            IdempotencyKey.Header, "Makes a repeat harmless: the same key and content is answered as the first time."))
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}
