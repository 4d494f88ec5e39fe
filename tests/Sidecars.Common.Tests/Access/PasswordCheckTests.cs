using Sidecars.Common.Access;

namespace Sidecars.Common.Tests.Access;

public sealed class PasswordCheckTests : IDisposable
{
    // of cost 4, the least there is; htpasswd writes the prefix $2y$
    private static readonly Dictionary<string, string> Users = new()
    {
        ["alice"] = BCrypt.Net.BCrypt.HashPassword("open sesame", 4),
        ["bob"] = BCrypt.Net.BCrypt.HashPassword("\u00e9\u4e16", 4).Replace("$2a$", "$2y$", StringComparison.Ordinal),
    };

    private readonly PasswordCheck _check = new();

    public void Dispose() => _check.Dispose();

    [Theory]
    [InlineData("alice", "open sesame", Verdict.Right)]
    [InlineData("bob", "\u00e9\u4e16", Verdict.Right)]
    [InlineData("alice", "open sesame ", Verdict.Wrong)]
    [InlineData("alice", "", Verdict.Wrong)]
    [InlineData("bob", "open sesame", Verdict.Wrong)]
    [InlineData("carol", "open sesame", Verdict.Wrong)]
    public async Task Check_IsComputedOnceAndThenRemembered(string user, string password, object verdict)
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(verdict, await _check.CheckAsync(Users, new BasicCredentials(user, password), CancellationToken.None));
        }

        Assert.Equal(1, _check.Computed);
    }

    [Fact]
    public async Task ChangedHash_OldPasswordIsWrongAtOnce()
    {
        var users = new Dictionary<string, string>(Users);
        var old = new BasicCredentials("alice", "open sesame");
        Assert.Equal(Verdict.Right, await _check.CheckAsync(users, old, CancellationToken.None));

        users["alice"] = BCrypt.Net.BCrypt.HashPassword("another", 4);

        Assert.Equal(Verdict.Wrong, await _check.CheckAsync(users, old, CancellationToken.None));
        Assert.Equal(Verdict.Right, await _check.CheckAsync(users, new BasicCredentials("alice", "another"), CancellationToken.None));
    }

    [Fact]
    public async Task ManyGuesses_OldestAreForgottenAndTheRightOneIsNot()
    {
        Assert.Equal(Verdict.Right, await _check.CheckAsync(Users, new BasicCredentials("alice", "open sesame"), CancellationToken.None));
        for (var i = 0; i < 150; i++)
        {
            Assert.Equal(Verdict.Wrong, await _check.CheckAsync(Users, new BasicCredentials("alice", $"guess {i}"), CancellationToken.None));
        }

        Assert.Equal(151, _check.Computed);
        Assert.Equal(Verdict.Wrong, await _check.CheckAsync(Users, new BasicCredentials("alice", "guess 149"), CancellationToken.None));
        Assert.Equal(Verdict.Right, await _check.CheckAsync(Users, new BasicCredentials("alice", "open sesame"), CancellationToken.None));
        Assert.Equal(151, _check.Computed);
        Assert.Equal(Verdict.Wrong, await _check.CheckAsync(Users, new BasicCredentials("alice", "guess 0"), CancellationToken.None));
        Assert.Equal(152, _check.Computed);
    }

    [Fact]
    public async Task ManyAtATime_TheRestIsTurnedAwayAndWhoIsKnownIsNot()
    {
        using var gate = new ManualResetEventSlim(initialState: true);
        using var check = new PasswordCheck((password, _) =>
        {
            gate.Wait();
            return password == "open sesame";
        });
        var right = new BasicCredentials("alice", "open sesame");
        Assert.Equal(Verdict.Right, await check.CheckAsync(Users, right, CancellationToken.None));
        gate.Reset();

        var guesses = Enumerable.Range(0, 40).Select(i => check.CheckAsync(Users, new BasicCredentials("bob", $"{i}"), CancellationToken.None).AsTask()).ToList();

        Assert.Equal(24, guesses.Count(guess => guess.IsCompletedSuccessfully && guess.Result == Verdict.Busy));
        Assert.Equal(Verdict.Right, await check.CheckAsync(Users, right, CancellationToken.None));
        gate.Set();
        var verdicts = await Task.WhenAll(guesses);
        Assert.Equal(16, verdicts.Count(verdict => verdict == Verdict.Wrong));
    }

    [Theory]
    [InlineData("$2y$10$mDwo.lAisC94iLAyP81MCesa29IzH37oigHC/42V2pdJlUprsJPze", true)]
    [InlineData("secret", false)]
    [InlineData("", false)]
    [InlineData("$1$salt$hash", false)]
    [InlineData("$2y$10$short", false)]
    public void IsHash_Text(string text, bool isHash) => Assert.Equal(isHash, PasswordCheck.IsHash(text));

    [Theory]
    [InlineData("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame")] // RFC 7617, 2
    [InlineData("basic   YTpiOmM=", "a", "b:c")]
    [InlineData("Basic dGVzdDoxMjPCow==", "test", "123\u00a3")] // RFC 7617, 2.1
    [InlineData("Basic Og==", "", "")]
    public void Parse_Credentials(string field, string user, string password) => Assert.Equal(new BasicCredentials(user, password), BasicCredentials.Parse(field));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer x")]
    [InlineData("Basic")]
    [InlineData("Basic !!")]
    [InlineData("Basic YQ==")]
    public void Parse_None(string? field) => Assert.Null(BasicCredentials.Parse(field));
}
