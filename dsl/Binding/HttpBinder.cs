using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary><c>http { GET "/v1/**" }</c></summary>
internal static class HttpBinder
{
    public static ImmutableArray<HttpMatch> Bind(FileScope file, ClauseSyntax.Http syntax)
    {
        if (syntax.Requests.IsEmpty)
        {
            file.Report(BindingDiagnostics.NoRequest, syntax.Span);
        }

        return [.. syntax.Requests.Select(request => Bind(file, request))];
    }

    /// <summary>The request of a line of a test: one, and no pattern.</summary>
    public static HttpMatch BindOne(FileScope file, HttpRequestSyntax syntax, ImmutableArray<PortMatch> ports)
    {
        if (syntax.Method.Value == "any" || syntax.Path.Value.Contains('*'))
        {
            file.Report(BindingDiagnostics.ManyRequests, syntax.Span);
        }

        if (!AreTcp(ports))
        {
            file.Report(BindingDiagnostics.HttpWithoutTcp, syntax.Span);
        }

        return Bind(file, syntax);
    }

    private static HttpMatch Bind(FileScope file, HttpRequestSyntax syntax)
    {
        if (!syntax.Path.Value.StartsWith('/'))
        {
            file.Report(BindingDiagnostics.RelativePath, syntax.Path.Span, syntax.Path.Value);
        }

        return new(
            syntax.Method.Value == "any" ? null : syntax.Method.Value,
            syntax.Path.Value,
            [.. syntax.Headers.Select(header => new HttpHeader(header.Name.Value.ToLowerInvariant(), header.Value.Value))],
            file.OriginOf(syntax));
    }

    /// <summary>Requests are read from TCP streams alone.</summary>
    public static bool AreTcp(ImmutableArray<PortMatch> ports) => !ports.IsEmpty && ports.All(port => port switch
    {
        PortMatch.Range range => range.Protocol == Protocol.Tcp,
        PortMatch.Named named => named.Protocol is null or Protocol.Tcp,
        _ => false,
    });
}
