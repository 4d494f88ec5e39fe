namespace Sidecars.Testing.Pods;

/// <summary>
/// What the ambassador's samples call outside: an HTTP service that answers with the path it was asked for, and a MariaDB
/// with one table, each a pod of its own.
/// </summary>
public sealed class OutsideServices : IAsyncDisposable
{
    /// <summary>The database client's image, and the server's.</summary>
    public const string DatabaseImage = "mariadb:11";

    /// <summary>The password of the database's user <c>shop</c>, who owns the database <c>shop</c>.</summary>
    public const string Password = "for-tests-only";

    private const string Api = """
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: api }
        data:
          default.conf: |
            server {
                listen 80;
                location / { return 200 "api.example.com answers $request_uri\n"; }
            }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              image: nginx:1.29
              readinessProbe: { tcpSocket: { port: 80 } }
              volumeMounts: [{ name: config, mountPath: /etc/nginx/conf.d }]
          volumes:
            - { name: config, configMap: { name: api } }
        """;

    private const string Database = $$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: db }
        spec:
          containers:
            - name: db
              image: {{DatabaseImage}}
              env:
                - { name: MARIADB_ROOT_PASSWORD, value: {{Password}} }
                - { name: MARIADB_DATABASE, value: shop }
                - { name: MARIADB_USER, value: shop }
                - { name: MARIADB_PASSWORD, value: {{Password}} }
              readinessProbe:
                exec: { command: [mariadb, -h127.0.0.1, -ushop, -p{{Password}}, -e, "SELECT 1", shop] }
                periodSeconds: 2
                failureThreshold: 60
              volumeMounts: [{ name: data, mountPath: /var/lib/mysql }]
          volumes:
            - { name: data, emptyDir: {} }
        """;

    private readonly RunningPod _api;
    private readonly RunningPod _database;

    private OutsideServices(RunningPod api, RunningPod database)
    {
        _api = api;
        _database = database;
    }

    /// <summary>The surroundings in which the samples' host names lead here.</summary>
    public PodSettings Settings => new()
    {
        Hosts = new Dictionary<string, string> { ["api.example.com"] = _api.PodAddress, ["db.example.com"] = _database.PodAddress },
    };

    /// <summary>Starts both.</summary>
    public static async Task<OutsideServices> StartAsync()
    {
        var api = RunningPod.StartAsync(Manifest.Parse(Api));
        var database = RunningPod.StartAsync(Manifest.Parse(Database));
        try
        {
            return new OutsideServices(await api, await database);
        }
        catch
        {
            foreach (var started in (Task<RunningPod>[])[api, database])
            {
                await ((Task)started).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (started.IsCompletedSuccessfully)
                {
                    await (await started).DisposeAsync();
                }
            }

            throw;
        }
    }

    /// <summary>The command with which the database's client asks for something through a port on localhost.</summary>
    public static string[] Query(string statement) =>
        ["mariadb", "-h127.0.0.1", "-P3306", "-ushop", $"-p{Password}", "--batch", "--skip-column-names", "-e", statement, "shop"];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _database.DisposeAsync();
    }
}
