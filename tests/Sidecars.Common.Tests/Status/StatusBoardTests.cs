using Microsoft.Extensions.Time.Testing;
using Sidecars.Common.Status;

namespace Sidecars.Common.Tests.Status;

public sealed class StatusBoardTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StatusBoard _board;

    public StatusBoardTests() => _board = new StatusBoard(_time);

    public void Dispose() => _board.Dispose();

    [Fact]
    public void Rates_TotalsGrow_PerSecondOverEachInterval()
    {
        var total = 0.0;
        var rates = _board.AddRates(() => [KeyValuePair.Create("a", total)]);
        Assert.Null(rates.Of("a"));

        foreach (var grown in new[] { 100, 0, 50 })
        {
            total += grown;
            _time.Advance(StatusBoard.Interval);
        }

        Assert.Equal([20, 0, 10], rates.Of("a")!.ToArray());
        Assert.Equal(10, rates.Of("a")!.Last);
    }

    [Fact]
    public void Rates_TotalThatFalls_IsNoNegativeRate()
    {
        var total = 100.0;
        var rates = _board.AddRates(() => [KeyValuePair.Create("a", total)]);
        _time.Advance(StatusBoard.Interval);
        total = 10;
        _time.Advance(StatusBoard.Interval);

        Assert.Equal(0, rates.Of("a")!.Last);
    }

    [Fact]
    public void Rates_KeyThatGoes_IsForgotten_AndOneThatComesBeginsAtZero()
    {
        var key = "a";
        var rates = _board.AddRates(() => [KeyValuePair.Create(key, 50.0)]);
        _time.Advance(StatusBoard.Interval);
        key = "b";
        _time.Advance(StatusBoard.Interval);

        Assert.Null(rates.Of("a"));
        Assert.Equal([10], rates.Of("b")!.ToArray());
    }

    [Fact]
    public void Rates_ManyKeys_AreBounded()
    {
        var rates = _board.AddRates(() => Enumerable.Range(0, 10_000).Select(i => KeyValuePair.Create($"{i}", 1.0)));
        _time.Advance(StatusBoard.Interval);

        Assert.NotNull(rates.Of($"{StatusRates.Most - 1}"));
        Assert.Null(rates.Of($"{StatusRates.Most}"));
    }

    [Fact]
    public void Series_MoreThanItHolds_KeepsTheNewestInOrder()
    {
        var series = new StatusSeries();
        for (var i = 0; i < StatusSeries.Capacity + 7; i++)
        {
            series.Add(i);
        }

        Assert.Equal(Enumerable.Range(7, StatusSeries.Capacity).Select(i => (float)i), series.ToArray());
    }

    [Fact]
    public void Series_NothingToMeasure_HasNoLastValue()
    {
        var series = new StatusSeries();
        Assert.Null(series.Last);
        series.Add(double.NaN);
        Assert.Null(series.Last);
    }

    [Fact]
    public void Sampling_OneFails_TheOthersGoOn()
    {
        var rounds = 0;
        _board.AddSampling(_ => throw new InvalidOperationException("a mistake"));
        _board.AddSampling(_ => rounds++);
        _time.Advance(StatusBoard.Interval);
        _time.Advance(StatusBoard.Interval);

        Assert.Equal((2, 2), (rounds, _board.FailedSamplings));
    }

    [Fact]
    public void Sampling_Disposed_Ends()
    {
        var rounds = 0;
        _board.AddSampling(_ => rounds++);
        _board.Dispose();
        _time.Advance(StatusBoard.Interval * 2);

        Assert.Equal(0, rounds);
    }
}
