using System.Collections.Immutable;
using Netpol.Compiler.Compilation;
using Netpol.Diagnostics;
using Netpol.Parsing;
using Netpol.Syntax;

namespace Netpol.Lsp.Workspace;

/// <summary>
/// What only compiling a build shows, such as what no program enforces yet: said when nobody types, by a session that keeps what has not
/// changed. It touches nothing of the server's, so it runs beside it.
/// </summary>
internal sealed class DeepCheck(Build build, CompilationSession session)
{
    public Build Build => build;

    /// <summary>What compiling adds to the build's own diagnostics.</summary>
    public ImmutableArray<Diagnostic> Run()
    {
        var result = session.Compile(Load);
        var known = build.Diagnostics.Select(Key).ToHashSet();
        // The session reads no file again, but makes its own of what changed.
        return [.. result.Diagnostics.Where(diagnostic => !known.Contains(Key(diagnostic)))];
    }

    private (ImmutableArray<CompilationUnitSyntax> Units, ImmutableArray<Diagnostic> Diagnostics) Load(SourceParser parse) =>
        ([.. build.Files.Select(file => parse(file.Source).Unit)], []);

    private static (string Id, string? Path, int Start, string Message) Key(Diagnostic diagnostic) =>
        (diagnostic.Id, diagnostic.Source?.Path, diagnostic.Span.Start, diagnostic.Message);
}
