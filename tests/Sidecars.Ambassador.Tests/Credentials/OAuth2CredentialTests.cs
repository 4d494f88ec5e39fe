using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sidecars.Ambassador.Credentials;
using Sidecars.Ambassador.Options;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Tests.Credentials;

/// <summary>When tokens are renewed, on a clock of the test's own.</summary>
public sealed class OAuth2CredentialTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Answers _answers = new();
    private readonly OAuth2Credential _credential;

    public OAuth2CredentialTests()
    {
        var options = new OAuth2Options { TokenUrl = "http://tokens.invalid/", ClientId = "id", ClientSecret = new Secret("secret"), Authentication = OAuth2ClientAuthentication.Body };
        var counter = Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry()).CreateCounter("refreshes", "", ["result"]);
        _credential = new OAuth2Credential("s", options, new HttpMessageInvoker(_answers), result => counter.WithLabels(result), _time, NullLogger.Instance);
    }

    public void Dispose()
    {
        _credential.Dispose();
        _answers.Dispose();
    }

    [Fact]
    public async Task Token_IsRenewedBeforeItExpires_AndNobodyWaits()
    {
        _answers.Add("""{"access_token":"one","expires_in":100}""");
        _credential.Start();
        Assert.Equal("Bearer one", await _credential.ValueAsync(default));
        Assert.Equal("grant_type=client_credentials&client_id=id&client_secret=secret", _answers.Forms[0]);

        _time.Advance(TimeSpan.FromSeconds(79));
        Assert.Single(_answers.Forms);
        _answers.Add("""{"access_token":"two","expires_in":100}""");
        _time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.True(async () => await _credential.ValueAsync(default) == "Bearer two");
    }

    [Fact]
    public async Task RenewalThatFails_IsTriedAgain_WhileTheOldTokenHolds_AndEndsWithIt()
    {
        _answers.Add("""{"access_token":"one","expires_in":100}""");
        _credential.Start();
        Assert.Equal("Bearer one", await _credential.ValueAsync(default));

        _time.Advance(TimeSpan.FromSeconds(80));
        await Eventually.True(() => _answers.Forms.Count > 1);
        Assert.Equal("Bearer one", await _credential.ValueAsync(default));
        _time.Advance(TimeSpan.FromSeconds(20));
        var waiting = _credential.ValueAsync(default).AsTask();
        Assert.False(waiting.IsCompleted);
        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return waiting.IsCompleted;
        });

        Assert.Null(await waiting);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("no JSON")]
    [InlineData("""{"access_token":7}""")]
    [InlineData("""{"access_token":"a\r\nX-Evil: 1"}""")]
    public async Task AnswerWithoutAToken_IsNone(string answer)
    {
        _answers.Add(answer);
        _credential.Start();
        await Eventually.True(() => _answers.Forms.Count > 0);
        var waiting = _credential.ValueAsync(default).AsTask();
        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return waiting.IsCompleted;
        });

        Assert.Null(await waiting);
    }

    /// <summary>Answers with the texts it was given, then with 503.</summary>
    private sealed class Answers : HttpMessageHandler
    {
        private readonly Queue<string> _answers = new();

        private readonly List<string> _forms = [];

        public IReadOnlyList<string> Forms
        {
            get
            {
                lock (_answers)
                {
                    return [.. _forms];
                }
            }
        }

        public void Add(string answer)
        {
            lock (_answers)
            {
                _answers.Enqueue(answer);
            }
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var form = await request.Content!.ReadAsStringAsync(cancellationToken);
            lock (_answers)
            {
                _forms.Add(form);
                return _answers.TryDequeue(out var answer)
                    ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer) }
                    : new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            }
        }
    }
}
