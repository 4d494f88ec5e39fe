using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Options;

/// <summary>Mistakes in a forward output that types and ranges cannot say.</summary>
internal static class ForwardValidation
{
    public static void Check(ForwardOutputOptions forward, string key, ProblemList problems)
    {
        if (forward.Address is { IsDatagram: true })
        {
            problems.Add(key + ".address", $"{forward.Address} takes datagrams, and the protocol needs a stream; give host:port or unix:/path");
        }

        if (forward.Tag.Length == 0)
        {
            problems.Add(key + ".tag", "an empty tag is routed nowhere; give one, or leave the key out for 'sidecars'");
        }

        if ((forward.Username is null) != (forward.Password is null))
        {
            problems.Add(key, "'username' and 'password' belong together; give both or none");
        }

        if (forward.Username is not null && forward.SharedKey is null)
        {
            problems.Add(key + ".username", "a user is only asked for in the handshake, which needs 'shared_key' too");
        }

        SocketOutputValidation.CheckTls(forward.Address, forward.Tls, key, problems);
    }
}
