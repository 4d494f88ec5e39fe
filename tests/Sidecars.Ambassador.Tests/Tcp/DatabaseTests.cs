using MySqlConnector;

namespace Sidecars.Ambassador.Tests.Tcp;

/// <summary>Real databases with their own clients through the relay.</summary>
public sealed class DatabaseTests
{
    [Fact]
    public async Task MariaDb_AnswersThroughTheRelay()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var ambassador = await Ambassador.StartAsync($$"""
            services:
              - name: db
                listen: 127.0.0.1:$1
                tcp: { upstreams: [ "127.0.0.1:$9", "localhost:{{server.Port}}" ] }
            """);
        var settings = new MySqlConnectionStringBuilder { Server = "127.0.0.1", Port = (uint)ambassador.Port(1), UserID = "root", Pooling = true, MaximumPoolSize = 20 };

        await ExecuteAsync(settings, "CREATE DATABASE shop");
        await ExecuteAsync(settings, "CREATE TABLE shop.goods (id INT PRIMARY KEY, text LONGTEXT)");
        var text = new string('x', 3_000_000);
        await ExecuteAsync(settings, $"SET GLOBAL max_allowed_packet = 67108864");
        MySqlConnection.ClearAllPools();
        await Parallel.ForEachAsync(Enumerable.Range(0, 40), async (i, _) => await ExecuteAsync(settings, $"INSERT INTO shop.goods VALUES ({i}, '{i}')"));
        await ExecuteAsync(settings, $"INSERT INTO shop.goods VALUES (1000, '{text}')");

        Assert.Equal(41L, await ScalarAsync(settings, "SELECT COUNT(*) FROM shop.goods"));
        Assert.Equal(text, await ScalarAsync(settings, "SELECT text FROM shop.goods WHERE id = 1000"));
        MySqlConnection.ClearAllPools();
        await Eventually.True(async () => await ambassador.MetricAsync("sidecars_ambassador_tcp_active_connections") == 0);
        Assert.True(await ambassador.MetricAsync("sidecars_ambassador_tcp_bytes_total", ("direction", "received")) > text.Length);
        Assert.True(await ambassador.MetricAsync("sidecars_ambassador_tcp_bytes_total", ("direction", "sent")) > text.Length);
    }

    [Fact]
    public async Task Redis_TakesItsOwnBenchmarkThroughTheRelay()
    {
        await using var server = await RedisServer.StartAsync();
        await using var ambassador = await Ambassador.StartAsync($$"""
            services:
              - name: cache
                listen: 127.0.0.1:$1
                tcp: { upstreams: [ "127.0.0.1:{{server.Port}}" ] }
            """);
        var start = new System.Diagnostics.ProcessStartInfo(
            "redis-benchmark", ["-p", $"{ambassador.Port(1)}", "-c", "50", "-n", "20000", "-d", "1000", "-t", "set,get,lrange_100", "--csv"])
        { RedirectStandardOutput = true };
        using var benchmark = System.Diagnostics.Process.Start(start)!;
        var output = await benchmark.StandardOutput.ReadToEndAsync();
        await benchmark.WaitForExitAsync();

        Assert.Equal(0, benchmark.ExitCode);
        Assert.Contains("\"SET\"", output, StringComparison.Ordinal);
        Assert.Contains("\"GET\"", output, StringComparison.Ordinal);
        await Eventually.True(async () => await ambassador.MetricAsync("sidecars_ambassador_tcp_active_connections") == 0);
        Assert.Equal(0, await ambassador.MetricAsync("sidecars_ambassador_tcp_connect_failures_total"));
    }

    private static async Task ExecuteAsync(MySqlConnectionStringBuilder settings, string statement)
    {
        await using var connection = new MySqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<object?> ScalarAsync(MySqlConnectionStringBuilder settings, string statement)
    {
        await using var connection = new MySqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(statement, connection);
        return await command.ExecuteScalarAsync();
    }
}
