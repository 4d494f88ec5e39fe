using System.Globalization;
using System.Net;

namespace Sidecars.Ambassador.Discovery;

/// <summary>What resolv.conf(5) says: whom to ask, and which names are meant by a short one.</summary>
/// <param name="Servers">Never empty.</param>
/// <param name="Search">Domains that are put behind a name.</param>
/// <param name="Dots">A name with so many dots is first asked for as it stands.</param>
internal sealed record ResolverConfiguration(IReadOnlyList<IPEndPoint> Servers, IReadOnlyList<string> Search, int Dots)
{
    private const int Port = 53;
    private const int MostDots = 15;

    /// <summary>Reads the file's text. What is not understood is passed over, as the C library does.</summary>
    public static ResolverConfiguration Parse(string text)
    {
        var servers = new List<IPEndPoint>();
        string[] search = [];
        var dots = 1;
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            switch (words.FirstOrDefault())
            {
                case "nameserver" when words.Length > 1 && IPAddress.TryParse(words[1], out var address):
                    servers.Add(new IPEndPoint(address, Port));
                    break;
                case "search" or "domain":
                    // the last line counts
                    search = words[1..];
                    break;
                case "options":
                    dots = words.Select(DotsOf).LastOrDefault(d => d is not null) ?? dots;
                    break;
            }
        }

        return new ResolverConfiguration(servers.Count > 0 ? servers : [new IPEndPoint(IPAddress.Loopback, Port)], search, dots);
    }

    /// <summary>The full names that a name may mean, in the order to ask for them.</summary>
    public IEnumerable<string> NamesOf(string name)
    {
        if (name.EndsWith('.'))
        {
            return [name];
        }

        var searched = Search.Where(d => d != ".").Select(domain => $"{name}.{domain.TrimEnd('.')}.");
        return name.Count(c => c == '.') >= Dots ? searched.Prepend(name + ".") : searched.Append(name + ".");
    }

    private static int? DotsOf(string word) =>
        word.StartsWith("ndots:", StringComparison.Ordinal) && int.TryParse(word.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var dots)
            ? Math.Min(dots, MostDots)
            : null;
}
