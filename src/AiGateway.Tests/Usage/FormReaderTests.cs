using System.Text;
using AiGateway.Usage;

namespace AiGateway.Tests.Usage;

public sealed class FormReaderTests
{
    private const string Fields =
        "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n" +
        "--B\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; name=n\r\n\r\n3\r\n" +
        "--B\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nEin Bär\r\n";

    private const string File = "--B\r\nContent-Disposition: form-data; name=\"image[]\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\r\n--\r\n--C\r\n\r\n--\r\n";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fields_count_before_and_behind_the_files_however_they_are_split(bool fieldsFirst)
    {
        var body = Encoding.UTF8.GetBytes((fieldsFirst ? Fields + File : File + Fields) + "--B--\r\n");
        for (var size = 1; size <= body.Length; size++)
        {
            var form = Read(body, size);
            Assert.Equal(("whisper-1", 3, 8L, 1, 15L, true), (form.Facts.Model, form.Facts.Choices, form.Facts.TextBytes, form.Facts.ImageParts, form.Facts.FileBytes, form.Facts.IsForm));
        }
    }

    [Fact]
    public void The_fields_in_front_are_known_when_the_file_begins()
    {
        var form = new FormReader("B");
        form.Push(Encoding.UTF8.GetBytes(Fields));
        Assert.False(form.KnowsLeadingFields);
        form.Push(Encoding.UTF8.GetBytes(File));
        Assert.Equal((true, "whisper-1"), (form.KnowsLeadingFields, form.Facts.Model));
    }

    [Fact]
    public void A_file_without_end_is_counted_in_little_memory()
    {
        var form = new FormReader("B");
        form.Push("--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n"u8);
        var piece = new byte[64 * 1024];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            form.Push(piece);
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1024 * 1024);
        form.Push("\r\n--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n--B--"u8);
        Assert.Equal((64_000L * 1024, "m"), (form.Facts.FileBytes, form.Facts.Model));
    }

    [Theory]
    [InlineData("no form at all")]
    [InlineData("--B\r\n")]
    [InlineData("--B\r\n\r\nvalue\r\n--B--")]
    [InlineData("--B--\r\n--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n--B--")]
    public void What_names_nothing_says_nothing(string body) => Assert.Null(Read(Encoding.UTF8.GetBytes(body), 3).Facts.Model);

    private static FormReader Read(byte[] body, int size)
    {
        var form = new FormReader("B");
        foreach (var piece in body.Chunk(size))
        {
            form.Push(piece);
        }

        return form;
    }
}
