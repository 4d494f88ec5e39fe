using System.Security.Cryptography;
using System.Text;

namespace Sidecars.Common.Access;

/// <summary>
/// Checks passwords against bcrypt hashes. One check takes tens of milliseconds of CPU by design, so what was found is remembered:
/// as a keyed digest of user, hash and password, which is of no use outside of this process. Checks run one at a time and few may
/// wait, so that guessing costs at most one core; users that are known wait for nobody.
/// </summary>
/// <param name="verify">Compares a password with a hash; null for bcrypt.</param>
internal sealed class PasswordCheck(Func<string, string, bool>? verify = null) : IDisposable
{
    private const int MostWaiting = 16;
    private const int MostWrong = 100;

    private readonly Func<string, string, bool> _verify = verify ?? ((password, hash) => BCrypt.Net.BCrypt.Verify(password, hash));
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly SemaphoreSlim _one = new(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, byte[]> _right = [];
    private readonly List<byte[]> _wrong = [];
    private int _waiting;

    /// <summary>How many hashes were computed.</summary>
    public int Computed { get; private set; }

    /// <summary>Whether a text is a bcrypt hash.</summary>
    public static bool IsHash(string text)
    {
        try
        {
            return BCrypt.Net.BCrypt.InterrogateHash(text) is not null;
        }
        catch (Exception e) when (e is BCrypt.Net.HashInformationException or BCrypt.Net.SaltParseException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Looks at credentials. An unknown user takes as long as a known one with a wrong password, so that names cannot be guessed by time.</summary>
    /// <param name="users">Names and their hashes, at least one.</param>
    /// <param name="credentials">What was given.</param>
    /// <param name="cancellation">The client has gone.</param>
    public async ValueTask<Verdict> CheckAsync(IReadOnlyDictionary<string, string> users, BasicCredentials credentials, CancellationToken cancellation)
    {
        var isKnown = users.TryGetValue(credentials.User, out var hash);
        hash ??= users.Values.First();
        var digest = Digest(credentials, hash);
        if (Remembered(credentials.User, digest, isKnown) is { } before)
        {
            return before;
        }

        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return Verdict.Busy;
        }

        try
        {
            await _one.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                // the same question may have been answered while this one waited
                return Remembered(credentials.User, digest, isKnown)
                    ?? Remember(credentials.User, digest, await Task.Run(() => _verify(credentials.Password, hash), cancellation).ConfigureAwait(false) && isKnown);
            }
            finally
            {
                _one.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private byte[] Digest(BasicCredentials credentials, string hash)
    {
        // lengths keep the parts apart
        var text = $"{credentials.User.Length}:{credentials.User}{hash.Length}:{hash}{credentials.Password}";
        return HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text));
    }

    private Verdict? Remembered(string user, byte[] digest, bool isKnown)
    {
        lock (_gate)
        {
            return isKnown && _right.TryGetValue(user, out var right) && CryptographicOperations.FixedTimeEquals(right, digest) ? Verdict.Right
                : _wrong.Exists(wrong => CryptographicOperations.FixedTimeEquals(wrong, digest)) ? Verdict.Wrong
                : null;
        }
    }

    private Verdict Remember(string user, byte[] digest, bool isRight)
    {
        lock (_gate)
        {
            Computed++;
            if (isRight)
            {
                _right[user] = digest;
                return Verdict.Right;
            }

            if (_wrong.Count == MostWrong)
            {
                _wrong.RemoveAt(0);
            }

            _wrong.Add(digest);
            return Verdict.Wrong;
        }
    }
}
