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

        foreach (var request in syntax.Requests.Where(request => !request.Path.Value.StartsWith('/')))
        {
            file.Report(BindingDiagnostics.RelativePath, request.Path.Span, request.Path.Value);
        }

        return [.. syntax.Requests.Select(request => new HttpMatch(
            request.Method.Value == "any" ? null : request.Method.Value,
            request.Path.Value,
            [.. request.Headers.Select(header => new HttpHeader(header.Name.Value.ToLowerInvariant(), header.Value.Value))],
            file.OriginOf(request)))];
    }

    /// <summary>Requests are read from TCP streams alone.</summary>
    public static bool AreTcp(ImmutableArray<PortMatch> ports) => !ports.IsEmpty && ports.All(port => port switch
    {
        PortMatch.Range range => range.Protocol == Protocol.Tcp,
        PortMatch.Named named => named.Protocol is null or Protocol.Tcp,
        _ => false,
    });
}
