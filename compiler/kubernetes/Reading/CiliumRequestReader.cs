using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Netpol.Syntax;

namespace Netpol.Kubernetes.Reading;

/// <summary>
/// Reads <c>rules</c> of <c>toPorts</c>: HTTP requests whose patterns the language has too. Methods and paths are regular expressions there;
/// those that are a literal, or end in <c>.*</c> after a slash, are taken over.
/// </summary>
internal sealed partial class CiliumRequestReader(ImportLog log)
{
    /// <returns>Default where requests are not looked at.</returns>
    public ImmutableArray<HttpRequestSyntax> Read(FieldReader rules)
    {
        foreach (var field in new[] { "kafka", "l7proto", "l7" })
        {
            if (rules.Has(field))
            {
                log.Report(ImportDiagnostics.CannotBeSaid, rules.SpanOf(field), rules.PathOf(field), "only HTTP is looked into");
            }
        }

        foreach (var query in rules.Mappings("dns"))
        {
            // A pattern for all names looks at queries, for toFQDNs, and refuses none.
            var isAny = query.Text("matchPattern") is "*" or "**";
            query.Ignore("matchName");
            if (!isAny)
            {
                log.Report(ImportDiagnostics.CannotBeSaid, query.Span, query.Path, "names in DNS queries; `toFQDNs` says which hosts may be reached");
            }

            query.Close();
        }

        var requests = rules.Mappings("http").Select(ReadRequest).ToList();
        rules.Close();
        return requests.Count == 0 ? default : [.. requests.OfType<HttpRequestSyntax>()];
    }

    private HttpRequestSyntax? ReadRequest(FieldReader fields)
    {
        var method = fields.Text("method");
        var path = fields.Text("path");
        var headers = ImmutableArray.CreateBuilder<HttpHeaderSyntax>();
        foreach (var (header, span) in fields.Texts("headers"))
        {
            if (Header().Match(header) is { Success: true } match)
            {
                headers.Add(new HttpHeaderSyntax(match.Groups[1].Value, match.Groups[2].Value));
            }
            else
            {
                log.Report(ImportDiagnostics.CannotBeSaid, span, fields.PathOf("headers"), "a header without a value");
            }
        }

        foreach (var field in new[] { "host", "headerMatches" })
        {
            if (fields.Has(field))
            {
                log.Report(ImportDiagnostics.CannotBeSaid, fields.SpanOf(field), fields.PathOf(field), "requests are told apart by method, path and headers");
            }
        }

        fields.Close();
        var isKnown = true;
        if (!string.IsNullOrEmpty(method) && !Method().IsMatch(method))
        {
            log.Report(ImportDiagnostics.CannotBeSaid, fields.SpanOf("method"), fields.PathOf("method"), $"the pattern `{method}` of methods");
            isKnown = false;
        }

        var glob = string.IsNullOrEmpty(path) ? "/**" : GlobOf(path);
        if (glob is null)
        {
            log.Report(ImportDiagnostics.CannotBeSaid, fields.SpanOf("path"), fields.PathOf("path"), $"the pattern `{path}` of paths");
            isKnown = false;
        }

        return isKnown && glob is not null
            ? new HttpRequestSyntax(string.IsNullOrEmpty(method) ? "any" : method, glob, headers.ToImmutable())
            : null;
    }

    /// <summary>A path with every letter as it is; <c>/.*</c> at its end is <c>/**</c>. Null for other patterns.</summary>
    private static string? GlobOf(string pattern)
    {
        var body = pattern.TrimStart('^').TrimEnd('$');
        var rest = body.EndsWith("/.*", StringComparison.Ordinal) ? "**" : "";
        body = rest.Length > 0 ? body[..^2] : body;
        var glob = new StringBuilder();
        for (var i = 0; i < body.Length; i++)
        {
            var isEscaped = body[i] == '\\' && i + 1 < body.Length && !char.IsAsciiLetterOrDigit(body[i + 1]);
            i += isEscaped ? 1 : 0;
            if ((!isEscaped && ".+*?()[]{}|\\^$".Contains(body[i])) || body[i] == '*')
            {
                return null;
            }

            glob.Append(body[i]);
        }

        return glob.Length > 0 && glob[0] == '/' ? glob.Append(rest).ToString() : null;
    }

    [GeneratedRegex(@"\A[A-Z]+\z")]
    private static partial Regex Method();

    [GeneratedRegex(@"\A([^\s:]+):?\s+(.+)\z")]
    private static partial Regex Header();
}
