using Microsoft.Extensions.Logging;
using Sidecars.Common.Configuration;

namespace Sidecars.Common.Hosting;

/// <summary>
/// The web configuration in force. The file is looked at when somebody asks, at most once a second, so a swapped ConfigMap or Secret
/// needs no watch; what is wrong is told once, and what was last right stays in force.
/// </summary>
internal sealed partial class WebConfig
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private volatile WebAccess _current;
    private byte[] _seen = [];
    private long _lastLook;
    private string _told = "";

    /// <summary>Reads the file, which was found right before. Throws <see cref="InvalidOperationException"/> when it is not any more.</summary>
    public WebConfig(string file, TimeProvider time, ILogger log)
    {
        (_file, _time, _log) = (file, time, log);
        _seen = Bytes() ?? [];
        _lastLook = time.GetTimestamp();
        var loaded = Load(file);
        _current = loaded.IsValid ? Access(loaded.Options) : throw new InvalidOperationException(string.Join('\n', loaded.Problems));
    }

    /// <summary>What counts now.</summary>
    public WebAccess Current
    {
        get
        {
            lock (_gate)
            {
                if (_time.GetElapsedTime(_lastLook) >= LookInterval)
                {
                    Look();
                    _lastLook = _time.GetTimestamp();
                }

                return _current;
            }
        }
    }

    /// <summary>Reads and checks a file; every mistake has its place in it.</summary>
    public static LoadedConfiguration<WebConfigOptions> Load(string file) => new ConfigurationLoader<WebConfigOptions>(
        new ConfigurationSource(file, [], new Dictionary<string, string>(), Environment.GetEnvironmentVariable),
        WebConfigContext.Default.WebConfigOptions,
        (options, problems) => WebConfigValidation.Check(options, Folder(file), problems)).Load();

    private static string Folder(string file) => Path.GetDirectoryName(Path.GetFullPath(file))!;

    private void Look()
    {
        var bytes = Bytes();
        if (bytes is not null && bytes.AsSpan().Trim(" \r\n\t"u8).IsEmpty && _current.Users.Count > 0)
        {
            // written right now, or cut off by a full disk: nobody is let in without a password for that
            Keep($"{_file} is empty; write basic_auth_users: {{}} if no passwords are wanted any more");
            return;
        }

        // null: between two versions, as editors write them, or not readable, which loading tells
        if (bytes is not null && bytes.AsSpan().SequenceEqual(_seen) && _told.Length == 0)
        {
            return;
        }

        _seen = bytes ?? [];
        var loaded = Load(_file);
        if (!loaded.IsValid)
        {
            Keep(string.Join('\n', loaded.Problems));
        }
        else if (loaded.Options.TlsServerConfig.IsOn != _current.Tls is not null || loaded.Options.HttpServerConfig.Http2 != _current.IsHttp2)
        {
            Keep($"{_file}: whether TLS and HTTP/2 are spoken is read at start; start the sidecar anew to change it");
        }
        else
        {
            _current = Access(loaded.Options);
            _told = "";
            LogChanged(_file);
        }
    }

    private void Keep(string problems)
    {
        if (_told != problems)
        {
            _told = problems;
            LogKept(problems);
        }
    }

    private byte[]? Bytes()
    {
        try
        {
            return File.ReadAllBytes(_file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private WebAccess Access(WebConfigOptions options) => new(
        options.TlsServerConfig.IsOn ? new WebTls(options.TlsServerConfig, Folder(_file), _time, _log) : null,
        options.HttpServerConfig.Http2,
        [.. options.HttpServerConfig.Headers.Select(header => (header.Key, header.Value))],
        options.BasicAuthUsers.ToDictionary(user => user.Key, user => user.Value.Reveal()));

    [LoggerMessage(131, LogLevel.Information, "The web configuration changed and is in force: {File}")]
    private partial void LogChanged(string file);

    [LoggerMessage(132, LogLevel.Error, "The changed web configuration was refused; the one before stays in force: {Problems}")]
    private partial void LogKept(string problems);
}

/// <summary>What a web configuration says.</summary>
internal sealed record WebAccess(WebTls? Tls, bool IsHttp2, IReadOnlyList<(string Name, string Value)> Headers, IReadOnlyDictionary<string, string> Users);
