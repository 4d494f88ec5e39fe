using System.Security.Cryptography.X509Certificates;
using MySqlConnector;

namespace Sidecars.Ambassador.Tests.Tcp;

/// <summary>Real servers that want TLS and a client's certificate, real clients that know of neither.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Authority _authority = new();
    private readonly (string Certificate, string Key) _server;

    public TlsTests()
    {
        _server = _authority.Issue("localhost");
        _folder.Write("ca.pem", _authority.Pem);
        _folder.Write("server.crt", _server.Certificate);
        _folder.Write("server.key", _server.Key);
        WriteClient();
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task PostgreSql_WithScram_TakesAPlainClient()
    {
        await using var server = await PostgreSqlServer.StartAsync(_server, _authority.Pem);
        await using var ambassador = await StartAsync("postgresql", $"127.0.0.1:{server.Port}");

        var (exitCode, output, error) = await PsqlAsync(ambassador, "select version, client_dn from pg_stat_ssl where pid = pg_backend_pid()");

        Assert.True(exitCode == 0, error);
        Assert.Equal("TLSv1.3|/CN=app\n", output);
        await Eventually.True(async () => await ambassador.MetricAsync("sidecars_ambassador_tcp_health_checks_total", ("result", "ok")) > 2);
    }

    [Fact]
    public async Task PostgreSql_CertificatesSwappedUnderLoad_FailNothing()
    {
        await using var server = await PostgreSqlServer.StartAsync(_server, _authority.Pem);
        await using var ambassador = await StartAsync("postgresql", $"127.0.0.1:{server.Port}");
        var script = _folder.Write("script.sql", "SELECT 1;\n");

        for (var i = 0; i < 3; i++)
        {
            // a connection for each transaction
            var load = ClientProgram.RunAsync(
                "pgbench",
                ["-h", "127.0.0.1", "-p", $"{ambassador.Port(1)}", "-U", "postgres", "-n", "-C", "-c", "4", "-t", "25", "-f", script, "postgres"],
                new Dictionary<string, string> { ["PGPASSWORD"] = PostgreSqlServer.Password });
            var serial = WriteClient();
            await server.SwapCertificateAsync(_authority.Issue("localhost"));
            var (exitCode, output, error) = await load;
            Assert.True(exitCode == 0, error);
            Assert.Contains("number of transactions actually processed: 100/100", output, StringComparison.Ordinal);
            await Eventually.True(
                async () => (await PsqlAsync(ambassador, "select client_serial from pg_stat_ssl where pid = pg_backend_pid()")).Output.TrimEnd() == serial,
                TimeSpan.FromSeconds(60));
        }

        Assert.Equal(0, await ambassador.MetricAsync("sidecars_ambassador_tcp_connect_failures_total"));
    }

    [Fact]
    public async Task PostgreSql_WithoutTls_IsPassedOver()
    {
        await using var plain = await PostgreSqlServer.StartAsync();
        await using var secure = await PostgreSqlServer.StartAsync(_server, _authority.Pem);
        await using var ambassador = await StartAsync("postgresql", $"127.0.0.1:{plain.Port}', '127.0.0.1:{secure.Port}", health: false);

        for (var i = 0; i < 3; i++)
        {
            var (exitCode, output, error) = await PsqlAsync(ambassador, "select ssl from pg_stat_ssl where pid = pg_backend_pid()");
            Assert.True(exitCode == 0 && output == "t\n", error);
        }

        Assert.True(await ambassador.MetricAsync("sidecars_ambassador_tcp_connect_failures_total", ("reason", "tls")) > 0);
    }

    [Fact]
    public async Task MariaDb_TakesPlainClients_OfTwoKinds()
    {
        await using var server = await StartMariaDbAsync();
        await using var ambassador = await StartAsync("mysql", $"127.0.0.1:{server.Port}");

        var (exitCode, output, error) = await MariaDbAsync(ambassador, "show session status like 'Ssl_version'");

        Assert.True(exitCode == 0, error);
        Assert.Equal("Ssl_version\tTLSv1.3\n", output);
        await using var connection = new MySqlConnection($"Server=127.0.0.1;Port={ambassador.Port(1)};User ID=root;SslMode=Preferred");
        await connection.OpenAsync();
        await using var command = new MySqlCommand("select repeat('x', 3000000)", connection);
        Assert.Equal(3_000_000, ((string)(await command.ExecuteScalarAsync())!).Length);
        await Eventually.True(async () => await ambassador.MetricAsync("sidecars_ambassador_tcp_health_checks_total", ("result", "ok")) > 2);
        Assert.Equal(0, await ambassador.MetricAsync("sidecars_ambassador_tcp_health_checks_total", ("result", "protocol")));
    }

    [Fact]
    public async Task MariaDb_Passwords_AreCheckedThroughTls()
    {
        await using var server = await StartMariaDbAsync();
        await using var ambassador = await StartAsync("mysql", $"127.0.0.1:{server.Port}");
        var (made, _, trouble) = await MariaDbAsync(ambassador, "create user app identified by 'right' require x509");
        Assert.True(made == 0, trouble);

        var right = await MariaDbAsync(ambassador, "select current_user()", "-uapp", "-pright");
        var wrong = await MariaDbAsync(ambassador, "select current_user()", "-uapp", "-pwrong");

        Assert.True(right.ExitCode == 0, right.Error);
        Assert.Equal("app@%\n", right.Output);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("ERROR 1045", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MariaDb_CertificatesSwappedUnderLoad_FailNothing()
    {
        await using var server = await StartMariaDbAsync();
        await using var ambassador = await StartAsync("mysql", $"127.0.0.1:{server.Port}");
        for (var i = 0; i < 3; i++)
        {
            var load = Task.WhenAll(Enumerable.Range(0, 12).Select(_ => MariaDbAsync(ambassador, "select 1")));
            WriteClient();
            var (certificate, key) = _authority.Issue("localhost");
            _folder.Write("server.crt", certificate);
            _folder.Write("server.key", key);
            var flush = await MariaDbAsync(ambassador, "flush ssl");
            Assert.True(flush.ExitCode == 0, flush.Error);
            Assert.All(await load, run => Assert.True(run.ExitCode == 0, run.Error));
        }
    }

    [Fact]
    public async Task MariaDb_WhoseCertificateIsNotTrusted_IsTold()
    {
        await using var server = await StartMariaDbAsync();
        using var other = new Authority();
        _folder.Write("ca.pem", other.Pem);
        await using var ambassador = await StartAsync("mysql", $"127.0.0.1:{server.Port}", health: false);

        var (exitCode, _, error) = await MariaDbAsync(ambassador, "select 1");

        Assert.Equal(1, exitCode);
        Assert.Contains("no TLS connection to the server", error, StringComparison.Ordinal);
        await Eventually.True(async () => await ambassador.MetricAsync("sidecars_ambassador_tcp_closed_connections_total", ("reason", "tls")) == 1);
    }

    [Fact]
    public async Task Redis_TakesItsPlainBenchmark()
    {
        await using var server = await RedisServer.StartAsync((_folder["server.crt"], _folder["server.key"], _folder["ca.pem"]));
        await using var ambassador = await StartAsync("redis", $"localhost:{server.Port}");

        var (exitCode, output, error) = await ClientProgram.RunAsync(
            "redis-benchmark", ["-p", $"{ambassador.Port(1)}", "-c", "20", "-n", "5000", "-d", "30000", "-t", "set,get", "--csv"]);

        Assert.True(exitCode == 0 && output.Contains("\"GET\"", StringComparison.Ordinal), error);
        Assert.Equal("PONG\n", (await ClientProgram.RunAsync("redis-cli", ["-p", $"{ambassador.Port(1)}", "ping"])).Output);
        await Eventually.True(async () => await ambassador.MetricAsync("sidecars_ambassador_tcp_health_checks_total", ("result", "ok")) > 2);
    }

    private Task<Ambassador> StartAsync(string protocol, string upstreams, bool health = true) => Ambassador.StartAsync($$"""
        services:
          - name: db
            listen: 127.0.0.1:$1
            tcp:
              upstreams: [ '{{upstreams}}' ]
              protocol: {{protocol}}
              connect_timeout: 30s
              tls: { ca: '{{_folder["ca.pem"]}}', certificate: '{{_folder["client.crt"]}}', key: '{{_folder["client.key"]}}' }
        {{(health ? "      health: { interval: 100ms, timeout: 30s }" : "")}}
        """);

    private Task<MariaDbServer> StartMariaDbAsync(params IEnumerable<string> options) => MariaDbServer.StartAsync(
        [$"--ssl-cert={_folder["server.crt"]}", $"--ssl-key={_folder["server.key"]}", $"--ssl-ca={_folder["ca.pem"]}", "--require-secure-transport=ON", .. options]);

    /// <summary>A new certificate for the client, in place of the old one.</summary>
    private string WriteClient()
    {
        var (certificate, key) = _authority.Issue("app");
        _folder.Write("client.crt", certificate);
        _folder.Write("client.key", key);
        using var parsed = X509Certificate2.CreateFromPem(certificate);
        return Decimal(parsed.SerialNumber);
    }

    private static string Decimal(string serial) =>
        System.Numerics.BigInteger.Parse("0" + serial, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static Task<(int ExitCode, string Output, string Error)> PsqlAsync(Ambassador ambassador, string query) => ClientProgram.RunAsync(
        "psql",
        ["-X", "-A", "-t", "-h", "127.0.0.1", "-p", $"{ambassador.Port(1)}", "-U", "postgres", "-c", query],
        new Dictionary<string, string> { ["PGPASSWORD"] = PostgreSqlServer.Password });

    private static Task<(int ExitCode, string Output, string Error)> MariaDbAsync(Ambassador ambassador, string query, params IEnumerable<string> user) => ClientProgram.RunAsync(
        "mariadb",
        ["--no-defaults", "-h", "127.0.0.1", "-P", $"{ambassador.Port(1)}", "-N", "-B", .. user.DefaultIfEmpty("-uroot"), "-e", query]);
}
