using Microsoft.AspNetCore.Http;
using Prometheus;
using Sidecars.Ambassador.Caching;

namespace Sidecars.Ambassador.Tests.Caching;

public sealed class CacheStoreTests
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();

    [Fact]
    public void Full_TheOneNotAskedForTheLongest_GoesFirst()
    {
        var store = Store(maxBytes: 10_000);
        Assert.True(store.Add(Entries.Of("/a", 2500), 0));
        Assert.True(store.Add(Entries.Of("/b", 2500), 0));
        Assert.True(store.Add(Entries.Of("/c", 2500), 0));
        Assert.NotNull(Find(store, "/a"));

        Assert.True(store.Add(Entries.Of("/d", 2500), 0));

        Assert.Null(Find(store, "/b"));
        Assert.NotNull(Find(store, "/a"));
        Assert.InRange(store.Bytes, 7501, 10_000);
        Assert.Equal(3, store.Count);
    }

    [Fact]
    public void TooLarge_IsNotKept() => Assert.False(Store(maxBytes: 1000).Add(Entries.Of("/a", 1000), 0));

    [Fact]
    public void SameRequest_IsReplaced_OthersStandBeside()
    {
        var store = Store(100_000);
        store.Add(Entries.Of("/a", 10, "de"), 0);
        store.Add(Entries.Of("/a", 20, "en"), 0);
        store.Add(Entries.Of("/a", 30, "de"), 0);

        Assert.Equal(2, store.Count);
        Assert.Equal(30, Find(store, "/a", "de")!.Body.Length);
        Assert.Equal(20, Find(store, "/a", "en")!.Body.Length);
        Assert.Null(Find(store, "/a", "fr"));
        Assert.Null(store.Find(new CacheKey("", "/a"), "other", new HeaderDictionary { ["Accept-Language"] = "de" }));
    }

    [Fact]
    public void Variants_AreBounded()
    {
        var store = Store(1_000_000);
        for (var i = 0; i < 100; i++)
        {
            store.Add(Entries.Of("/a", 1, $"l{i}"), 0);
        }

        Assert.Equal(32, store.Count);
        Assert.NotNull(Find(store, "/a", "l99"));
    }

    [Fact]
    public void Changed_SinceTheRequestWasSent_IsNotKept()
    {
        var store = Store(100_000);
        var mark = store.Mark(new CacheKey("", "/a"));
        store.Remove(new CacheKey("", "/a"), "unsafe_method");

        Assert.False(store.Add(Entries.Of("/a"), mark));
        Assert.True(store.Add(Entries.Of("/a"), store.Mark(new CacheKey("", "/a"))));
    }

    [Fact]
    public void Closed_HoldsNothing_AndTakesNothing()
    {
        var store = Store(100_000);
        store.Add(Entries.Of("/a"), 0);

        store.Close();

        Assert.Equal((0, 0), (store.Bytes, store.Count));
        Assert.False(store.Add(Entries.Of("/a"), store.Mark(new CacheKey("", "/a"))));
    }

    private CacheStore Store(long maxBytes) => new(maxBytes, new CacheMetrics(Metrics.WithCustomRegistry(_registry)).Of("api"));

    private static CacheEntry? Find(CacheStore store, string target, string? language = null) =>
        store.Find(new CacheKey("", target), "api", language is null ? new HeaderDictionary() : new HeaderDictionary { ["Accept-Language"] = language });
}
