namespace CsPlatform.Engagement.Parking;

/// <summary>What waits aside: read it, and try it again.</summary>
internal static class ParkingEndpoints
{
    public static void MapParking(this IEndpointRouteBuilder routes)
    {
        routes.MapGetParkedEvents();
        routes.MapReplayParkedEvents();
    }
}
