using FakeProvider;

// Answers as a provider would, at once and always the same. GET /answered tells how many calls it has answered.
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
        await context.Response.WriteAsync(Interlocked.Read(ref answered).ToString());
        return;
    }
    var (stream, withUsage) = await Question.ReadAsync(context.Request.BodyReader);
    Interlocked.Increment(ref answered);
    if (stream)
        await Answers.StreamAsync(context.Response, withUsage);
    else
        await Answers.WholeAsync(context.Response);
});
app.Run();
