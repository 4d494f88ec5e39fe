namespace Sidecars.Ambassador.Credentials;

/// <summary>What a request is given.</summary>
internal interface ICredential : IDisposable
{
    /// <summary>The header's name.</summary>
    string Header { get; }

    /// <summary>The header's value now; null where there is none in time. At once, unless there was never one yet.</summary>
    ValueTask<string?> ValueAsync(CancellationToken cancellation);
}
