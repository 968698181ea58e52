using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Advice;

/// <summary>Where the things of a model stand, with what was written there.</summary>
internal sealed class SyntaxPlaces
{
    private readonly Dictionary<(string File, int Line, int Column), (SourceFile Source, StatementSyntax Syntax)> _byOrigin = [];

    public SyntaxPlaces(ImmutableArray<CompilationUnitSyntax> units)
    {
        foreach (var unit in units)
        {
            foreach (var statement in unit.Statements)
            {
                Add(unit.Source, statement);
                if (statement is PolicySyntax policy)
                {
                    foreach (var rule in policy.Blocks.SelectMany(block => block.Rules))
                    {
                        Add(unit.Source, rule);
                    }
                }
            }
        }
    }

    public (SourceFile Source, StatementSyntax Syntax)? Find(Origin origin) =>
        _byOrigin.TryGetValue((origin.File, origin.Line, origin.Column), out var found) ? found : null;

    private void Add(SourceFile source, StatementSyntax syntax)
    {
        var place = source.PositionOf(syntax.Span.Start);
        _byOrigin.TryAdd((source.Path, place.Line, place.Column), (source, syntax));
    }
}
