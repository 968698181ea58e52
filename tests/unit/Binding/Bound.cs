using System.Collections.Immutable;
using Netpol.Binding;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Text;

namespace Netpol.Tests.Unit.Binding;

/// <summary>Binds sources that parse; the first is the one under test.</summary>
internal static class Bound
{
    public static (NetworkModel Model, ImmutableArray<Diagnostic> Diagnostics) From(params SourceFile[] sources)
    {
        var parsed = sources.Select(NetpolParser.Parse).ToList();
        Assert.Empty(parsed.SelectMany(result => result.Diagnostics));
        return Binder.Bind([.. parsed.Select(result => result.Unit)]);
    }

    /// <summary>The model of a source without a mistake.</summary>
    public static NetworkModel Model(string text)
    {
        var (model, diagnostics) = From(new SourceFile("test.netpol", text));
        Assert.Empty(diagnostics);
        return model;
    }
}
