using Sidecars.Common.Tapping;

namespace Sidecars.Common.Tests.Tapping;

public class TapPointTests
{
    private readonly TapPoint<string> _point = new();

    [Fact]
    public void while_nobody_listens_nothing_is_copied()
    {
        Assert.False(_point.IsOpen);

        _point.Offer("a", new TapSize(1, 1), "x", Fail);
    }

    [Fact]
    public void listener_of_a_topic_hears_of_no_other_and_nothing_after_its_end()
    {
        var listener = _point.Listen("a")!;
        _point.Offer("b", new TapSize(1, 1), "not mine", Fail);
        Offer("mine", 1);

        Assert.True(listener.TryRead(out var item));
        Assert.Equal("mine", item);
        Assert.False(listener.TryRead(out _));
        listener.Dispose();
        Assert.False(_point.IsOpen);
        _point.Offer("a", new TapSize(1, 1), "x", Fail);
    }

    [Fact]
    public void copy_is_made_once_for_all_who_listen()
    {
        using var one = _point.Listen(null);
        using var other = _point.Listen("a");
        var copies = 0;

        _point.Offer("a", new TapSize(1, 1), "x", text => text + ++copies);

        Assert.True(one!.TryRead(out var first));
        Assert.True(other!.TryRead(out var second));
        Assert.Equal("x1", first);
        Assert.Same(first, second);
    }

    [Fact]
    public void what_a_full_queue_has_no_room_for_is_counted_and_told_once()
    {
        using var listener = _point.Listen(null);
        Offer("half", (int)(TapListener<string>.Capacity / 2));
        Offer("half", (int)(TapListener<string>.Capacity / 2));
        _point.Offer("a", new TapSize(1, 3), "too much", Fail);

        Assert.Equal(3, listener!.TakeMissed());
        Assert.Equal(0, listener.TakeMissed());
        Assert.True(listener.TryRead(out _));
        Offer("room again", 1);
        Assert.Equal(0, listener.TakeMissed());
    }

    [Fact]
    public void what_is_larger_than_the_queue_passes_alone()
    {
        using var listener = _point.Listen(null);
        Offer("large", (int)TapListener<string>.Capacity + 1);
        Offer("small", 1);

        Assert.True(listener!.TryRead(out var item));
        Assert.Equal("large", item);
        Assert.False(listener.TryRead(out _));
        Assert.Equal(1, listener.TakeMissed());
    }

    [Fact]
    public void number_of_listeners_is_bounded()
    {
        var listeners = Enumerable.Range(0, TapPoint<string>.MostListeners).Select(_ => _point.Listen(null)).ToList();

        Assert.DoesNotContain(null, listeners);
        Assert.Null(_point.Listen(null));
        listeners[0]!.Dispose();
        Assert.NotNull(_point.Listen(null));
    }

    private static string Fail(string passing) => throw new InvalidOperationException($"'{passing}' was copied for nobody");

    private void Offer(string text, int bytes) => _point.Offer("a", new TapSize(bytes, 1), text, same => same);
}
