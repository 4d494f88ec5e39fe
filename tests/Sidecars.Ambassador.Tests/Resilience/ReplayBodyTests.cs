using System.IO.Pipelines;
using Sidecars.Ambassador.Resilience;

namespace Sidecars.Ambassador.Tests.Resilience;

public sealed class ReplayBodyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(20000)]
    public async Task Body_ThatFits_IsReadAgain(int length)
    {
        var bytes = Http.Origin.Bytes(length);
        await using var body = new ReplayBody(new MemoryStream(bytes), 20000);

        Assert.Equal(bytes, await ReadAllAsync(body));
        Assert.True(body.CanRewind);
        body.Rewind();
        Assert.Equal(bytes, await ReadAllAsync(body));
    }

    [Fact]
    public async Task Body_ThatDoesNotFit_ArrivesWhole_ButOnce()
    {
        var bytes = Http.Origin.Bytes(20001);
        await using var body = new ReplayBody(new MemoryStream(bytes), 20000);

        Assert.Equal(bytes, await ReadAllAsync(body));
        Assert.False(body.CanRewind);
    }

    [Fact]
    public async Task Read_ThatIsGivenUp_LosesNothing()
    {
        var pipe = new Pipe();
        await using var body = new ReplayBody(pipe.Reader.AsStream(), 100);
        await pipe.Writer.WriteAsync("abc"u8.ToArray());
        var buffer = new byte[10];
        Assert.Equal(3, await body.ReadAsync(buffer));

        using var givenUp = new CancellationTokenSource();
        var read = body.ReadAsync(buffer, givenUp.Token);
        await givenUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);

        body.Rewind();
        await pipe.Writer.WriteAsync("def"u8.ToArray());
        await pipe.Writer.CompleteAsync();
        Assert.Equal("abcdef", Encoding.ASCII.GetString(await ReadAllAsync(body)));
    }

    private static async Task<byte[]> ReadAllAsync(Stream stream)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }
}
