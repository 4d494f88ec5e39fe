using Microsoft.Extensions.Logging.Abstractions;
using Sidecars.Adapter.State;
using Sidecars.Common.Tailing;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.State;

public sealed class StateFormatTests : IDisposable
{
    private static readonly SavedState State = new(
        [new("a", "/logs/é*.log", true, [new("/logs/é\n.log", new FileIdentity(1, ulong.MaxValue, -3), new FileMark(1L << 40, new(7, 8), new(1024, ulong.MaxValue)), true)])],
        [new("x_total Counter [a] []", [0], 5, [new([0, 0xFF, 1], 0.1, 1.5, []), new([], double.PositiveInfinity, 0, [1, long.MaxValue])])]);

    private readonly TempFolder _folder = new();

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var bytes = StateFormat.Write(State);

        var read = StateFormat.Read(bytes);

        Assert.NotNull(read);
        Assert.Equal(State.Sources[0].Files, read.Sources[0].Files);
        Assert.Equal(State.Sources[0] with { Files = [] }, read.Sources[0] with { Files = State.Sources[0].Files.Take(0).ToArray() }, (x, y) => (x.Name, x.Path, x.FromEnd) == (y.Name, y.Path, y.FromEnd));
        Assert.Equal([0xFF], read.Families[0].Series[0].Key.AsSpan(1, 1).ToArray());
        Assert.Equal([1, long.MaxValue], read.Families[0].Series[1].Counts);
        Assert.Equal(bytes, StateFormat.Write(read));
    }

    [Fact]
    public void Read_TornOrChangedAnywhere_IsNoState()
    {
        var bytes = StateFormat.Write(State);
        for (var i = 0; i < bytes.Length; i++)
        {
            Assert.Null(StateFormat.Read(bytes.AsSpan(0, i)));
            bytes[i] ^= 1;
            Assert.Null(StateFormat.Read(bytes));
            bytes[i] ^= 1;
        }
    }

    [Fact]
    public void Store_DamagedFile_BeginsAnewAndMendsIt()
    {
        var store = new StateStore(_folder.Path, NullLogger<StateStore>.Instance);
        Assert.True(store.Save(State));
        var file = Assert.Single(Directory.GetFiles(_folder.Path));
        File.WriteAllText(file, "something else");

        var second = new StateStore(_folder.Path, NullLogger<StateStore>.Instance);

        Assert.Empty(second.Load().Sources);
        Assert.True(second.Save(State));
        Assert.Single(new StateStore(_folder.Path, NullLogger<StateStore>.Instance).Load().Sources);
    }

    [Fact]
    public void Store_FolderThatCannotBe_GoesOnWithout()
    {
        var store = new StateStore("/dev/null/none", NullLogger<StateStore>.Instance);

        Assert.Empty(store.Load().Sources);
        Assert.False(store.Save(State));
    }

    public void Dispose() => _folder.Dispose();
}
