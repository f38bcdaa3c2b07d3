namespace CsPlatform.Engagement.Parking;

internal static class ParkingEndpoints
{
    public static void MapParking(this IEndpointRouteBuilder routes)
    {
        routes.MapGetParkedEvents();
        routes.MapReplayParkedEvents();
    }
}
