using System.Security.Cryptography;
using System.Text;

namespace Sidecars.Common.Status;

/// <summary>How the page looks. It stands in the page, and the policy names its hash: nothing else may style the page, and nothing may run on it.</summary>
internal static class StatusStyle
{
    public const string Sheet =
        """

        :root { color-scheme: light dark; --page: #f6f8fa; --panel: #ffffff; --text: #1f2328; --quiet: #57606a; --rule: #d8dee4;
          --link: #0550ae; --good: #116329; --good-back: #dafbe1; --warning: #7a4100; --warning-back: #fff1c7; --bad: #a40e26; --bad-back: #ffebe9;
          --neutral: #424a53; --neutral-back: #eaeef2; }
        @media (prefers-color-scheme: dark) { :root { --page: #0d1117; --panel: #161b22; --text: #e6edf3; --quiet: #9da7b1; --rule: #30363d;
          --link: #79c0ff; --good: #7ee787; --good-back: #12361d; --warning: #f2cc60; --warning-back: #3b2e0a; --bad: #ffa198; --bad-back: #4a1519;
          --neutral: #c9d1d9; --neutral-back: #2a3038; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: break-word; }
        header, main, footer { max-width: 84rem; margin: 0 auto; padding: 0 1.25rem; }
        header { padding-top: 1.5rem; }
        h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; }
        h1 small { font-size: .875rem; font-weight: 400; color: var(--quiet); }
        h2 { margin: 0; padding: .75rem 1rem; font-size: 1.05rem; }
        h1 small { overflow-wrap: anywhere; }
        p { margin: .25rem 0; }
        a { color: var(--link); }
        a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
        .quiet { color: var(--quiet); }
        .facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0; }
        .facts div { min-width: 0; }
        .facts dt { font-size: .8125rem; color: var(--quiet); }
        .facts dd { margin: 0; }
        section { margin: 0 0 1.25rem; background: var(--panel); border: 1px solid var(--rule); border-radius: .5rem; overflow: hidden; }
        section > p { margin: -.375rem 0 0; padding: 0 1rem .75rem; }
        section > ul { margin: 0; padding: 0 1rem .75rem 2rem; }
        .alert { border-color: var(--bad); }
        table { width: 100%; border-collapse: collapse; font-size: .875rem; }
        th, td { padding: .4375rem 1rem; border-top: 1px solid var(--rule); text-align: left; vertical-align: top; unicode-bidi: isolate; }
        thead th { font-size: .8125rem; font-weight: 600; color: var(--quiet); }
        tbody th { font-weight: 600; }
        .figure { text-align: right; font-variant-numeric: tabular-nums; }
        td.figure, td .badge, tbody .short { white-space: nowrap; }
        tbody th, td.text, .facts dd, li { overflow-wrap: anywhere; }
        .badge { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .8125rem; font-weight: 600; }
        .good { color: var(--good); background: var(--good-back); }
        .warning { color: var(--warning); background: var(--warning-back); }
        .bad { color: var(--bad); background: var(--bad-back); }
        .neutral { color: var(--neutral); background: var(--neutral-back); }
        .spark { display: block; margin-left: auto; overflow: visible; }
        .spark path { fill: none; stroke: var(--link); stroke-width: 1.5; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
        nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0 0 .5rem; padding: 0; list-style: none; }
        footer { padding-bottom: 2rem; font-size: .875rem; }
        @media (max-width: 60rem) {
          header, main, footer { padding-left: .75rem; padding-right: .75rem; }
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          table, tbody, tr, th, td { display: block; width: 100%; }
          tbody tr { padding: .5rem 0; border-top: 1px solid var(--rule); }
          tbody th, tbody td { border: 0; padding: .125rem 1rem; }
          tbody .short { white-space: normal; }
          tbody td { display: flex; justify-content: space-between; gap: 1rem; white-space: normal; text-align: right; }
          tbody td::before { content: attr(data-title); flex: none; max-width: 50%; color: var(--quiet); text-align: left; }
          tbody td.nothing { display: none; }
        }

        """;

    /// <summary>The policy of the page: no script, no form, no frame, nothing from elsewhere.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Sheet)))}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}
