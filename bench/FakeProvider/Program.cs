using FakeProvider;

// Answers as a provider would, at once and always the same. GET /answered tells how many calls it has answered, GET /release ends
// the streams that wait for it.
// The framework watches the content root, with all below it, for settings: in the working directory that would be the database,
// and every write of the ledger would wake this program.
var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
var app = builder.Build();
long answered = 0;

app.Run(async context =>
{
    if (HttpMethods.IsGet(context.Request.Method))
    {
        if (context.Request.Path == "/release")
            Answers.Release();
        await context.Response.WriteAsync(Interlocked.Read(ref answered).ToString());
        return;
    }
    var (wish, withUsage) = await Question.ReadAsync(context.Request.BodyReader);
    Interlocked.Increment(ref answered);
    await (wish switch
    {
        Wish.Whole => Answers.WholeAsync(context.Response),
        Wish.Long => Answers.StreamAsync(context.Response, withUsage, times: 40),
        Wish.Spaced => Answers.SpacedAsync(context.Response, withUsage),
        Wish.Paced => Answers.PacedAsync(context.Response, withUsage),
        Wish.Open => Answers.OpenAsync(context.Response, withUsage),
        Wish.Drip => Answers.DripAsync(context.Response, withUsage),
        _ => Answers.StreamAsync(context.Response, withUsage),
    });
});
app.Run();
