using System.Net;

namespace Sidecars.Ambassador.Tcp;

/// <summary>Carries on the application's first words with the upstream until plain relaying may begin.</summary>
/// <param name="client">The application's side.</param>
/// <param name="cancellation">Ends the wait for either side.</param>
/// <returns>The upstream's side to relay with, or null where the conversation has ended already.</returns>
internal delegate Task<IRelayEnd?> Introduction(IRelayEnd client, CancellationToken cancellation);

/// <summary>An upstream that is ready for the application's bytes, or the reason why there is none.</summary>
/// <param name="End">The upstream's side; null where it failed.</param>
/// <param name="Reason">From the fixed set that metrics and logs use.</param>
/// <param name="Introduce">What is to be said between both sides first; null: nothing.</param>
internal sealed record OpenUpstream(IRelayEnd? End, string Reason = "", Introduction? Introduce = null)
{
    public static OpenUpstream Failed(string reason) => new(null, reason);
}

/// <summary>Who connects, as the PROXY protocol tells it; both null for a connection of our own.</summary>
internal readonly record struct ClientAddresses(EndPoint? Remote, EndPoint? Local);
