namespace CsPlatform.Health.Alerts;

internal static class AlertEndpoints
{
    public static void MapAlerts(this IEndpointRouteBuilder routes)
    {
        var alerts = routes.MapGroup("").WithTags("Alerts");
        alerts.MapGetAlerts();
        alerts.MapAcknowledgeAlert();
        alerts.MapSnoozeAlert();
        alerts.MapDismissAlert();
    }
}
