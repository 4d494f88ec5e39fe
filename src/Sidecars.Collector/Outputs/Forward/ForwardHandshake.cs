using System.Buffers;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using MessagePack;
using Sidecars.Collector.Options;

namespace Sidecars.Collector.Outputs.Forward;

/// <summary>HELO, PING, PONG: both sides prove that they know the shared key (Forward protocol, version 1, "Handshake").</summary>
internal sealed class ForwardHandshake(ForwardOutputOptions options)
{
    private readonly string _hostname = options.Hostname ?? Environment.MachineName;

    /// <summary>Throws <see cref="InvalidCredentialException"/> when one side does not accept the other.</summary>
    public async Task ShakeAsync(Stream stream, ForwardReplies replies, CancellationToken cancellationToken)
    {
        var key = options.SharedKey!.Reveal();
        var helo = ForwardReply.Helo(await replies.NextAsync(cancellationToken).ConfigureAwait(false))
            ?? throw new InvalidCredentialException("the receiver does not begin with HELO; it seems to know of no shared_key");
        var salt = RandomNumberGenerator.GetHexString(32, lowercase: true);
        await stream.WriteAsync(Ping(helo, salt, key), cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        var pong = ForwardReply.Pong(await replies.NextAsync(cancellationToken).ConfigureAwait(false))
            ?? throw new InvalidCredentialException("the receiver does not answer with PONG");
        if (!pong.IsAccepted)
        {
            throw new InvalidCredentialException($"the receiver refuses: {pong.Reason}");
        }

        var expected = Digest(Encoding.UTF8.GetBytes(salt), Encoding.UTF8.GetBytes(pong.Hostname), helo.Nonce, Encoding.UTF8.GetBytes(key));
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.UTF8.GetBytes(pong.Digest)))
        {
            throw new InvalidCredentialException("the receiver does not know the shared_key");
        }
    }

    private ReadOnlyMemory<byte> Ping(ForwardHelo helo, string salt, string key)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(6);
        writer.Write("PING");
        writer.Write(_hostname);
        writer.Write(salt);
        writer.Write(Digest(Encoding.UTF8.GetBytes(salt), Encoding.UTF8.GetBytes(_hostname), helo.Nonce, Encoding.UTF8.GetBytes(key)));
        var user = helo.Auth.Length == 0 ? "" : options.Username ?? "";
        writer.Write(user);
        writer.Write(helo.Auth.Length == 0 ? "" : Digest(helo.Auth, Encoding.UTF8.GetBytes(user), Encoding.UTF8.GetBytes(options.Password?.Reveal() ?? "")));
        writer.Flush();
        return output.WrittenMemory;
    }

    private static string Digest(params ReadOnlySpan<byte[]> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        foreach (var part in parts)
        {
            hash.AppendData(part);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
