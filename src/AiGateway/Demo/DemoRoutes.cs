namespace AiGateway.Demo;

/// <summary>What the demo provider answers; everything else is its 404.</summary>
internal static class DemoRoutes
{
    public static void MapDemo(this WebApplication app)
    {
        app.MapPost("/v1/chat/completions", DemoReading.Json(DemoChat.AnswerAsync));
        app.MapPost("/v1/completions", DemoReading.Json(DemoCompletions.AnswerAsync));
        app.MapPost("/v1/responses", DemoReading.Json(DemoResponses.AnswerAsync));
        app.MapPost("/v1/embeddings", DemoReading.Json(DemoEmbeddings.AnswerAsync));
        app.MapPost("/v1/moderations", DemoReading.Json(DemoModerations.AnswerAsync));
        app.MapPost("/v1/images/generations", DemoReading.Json(DemoImages.AnswerAsync));
        app.MapPost("/v1/images/edits", DemoReading.Form(DemoImages.AnswerAsync));
        app.MapPost("/v1/images/variations", DemoReading.Form(DemoImages.AnswerAsync));
        app.MapPost("/v1/audio/transcriptions", DemoReading.Form(DemoTranscription.AnswerAsync));
        app.MapPost("/v1/audio/translations", DemoReading.Form(DemoTranscription.AnswerAsync));
        app.MapPost("/v1/audio/speech", DemoReading.Json(DemoSpeech.AnswerAsync));
        app.MapGet("/v1/models", DemoModels.ListAsync);
        app.MapGet("/v1/models/{id}", DemoModels.OneAsync);
        app.MapGet("/images/{name}", DemoImages.ServeAsync);
        app.MapFallback(http => DemoErrors.WriteAsync(http, DemoErrors.UnknownUrl(http.Request.Method, http.Request.Path)));
    }
}
