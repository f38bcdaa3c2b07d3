using CsPlatform.ServiceDefaults;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CsPlatform.Backbone;

/// <summary>Switches commands on, and what their routes say of themselves.</summary>
public static class CommandRoutes
{
    /// <summary>Lets the service take commands.</summary>
    /// <param name="services">The service's.</param>
    /// <param name="bookOf">In whose book an account is; null for one that nobody registered.</param>
    /// <param name="isTold">Whether the service learns of accounts by message, so that one may be on its way.</param>
    public static void AddCommands(
        this IServiceCollection services, Func<IQuerySession, Guid, CancellationToken, Task<BookEntry?>> bookOf,
        bool isTold = false)
    {
        services.AddSingleton(s => new Books(bookOf, isTold, s.GetRequiredService<TimeProvider>()));
        services.AddScoped<Commands>();
    }

    /// <summary>Changes what there is, by <see cref="Commands.Change{T,TRead,TView}"/>.</summary>
    /// <param name="route">The route.</param>
    /// <param name="permission">What the caller needs.</param>
    public static RouteHandlerBuilder AsChange(this RouteHandlerBuilder route, string permission) => route
        .Require(permission)
        .WithMetadata(
            new RequestHeader("If-Match", "The ETag of the version that the caller saw; 412 where it changed since."))
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
