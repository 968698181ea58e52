using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>
/// What declarations were bound to, by their syntax. The next binding takes an answer again where the declaration is the same tree and every
/// name that it used means the same. A value: binding makes a new one.
/// </summary>
public sealed class BoundDeclarations
{
    private readonly Dictionary<StatementSyntax, BoundDeclaration> _bySyntax;
    private readonly IReadOnlyList<UsedName> _declared;

    /// <param name="declared">All names that declarations may use, in the order of declaration, with what they meant.</param>
    internal BoundDeclarations(Dictionary<StatementSyntax, BoundDeclaration> bySyntax, IReadOnlyList<UsedName> declared) =>
        (_bySyntax, _declared) = (bySyntax, declared);

    public static BoundDeclarations None { get; } = new([], []);

    internal BoundDeclaration? Find(StatementSyntax syntax) => _bySyntax.GetValueOrDefault(syntax);

    /// <summary>These are all the names that there were, and each means the same object.</summary>
    internal bool HaveSameNames(IReadOnlyList<UsedName> declared)
    {
        var isSame = declared.Count == _declared.Count;
        for (var index = 0; isSame && index < declared.Count; index++)
        {
            isSame = declared[index].Kind == _declared[index].Kind && declared[index].Name == _declared[index].Name
                && ReferenceEquals(declared[index].Meaning, _declared[index].Meaning);
        }

        return isSame;
    }
}

/// <param name="Line">Lines of the file before the declaration's part when the meaning was made: places in it count from there.</param>
/// <param name="Names">That it used itself, not those of what it used.</param>
/// <param name="Diagnostics">With spans from the start of its part.</param>
internal sealed record BoundDeclaration(
    object Meaning, int Line, string DefaultNamespace, ImmutableArray<UsedName> Names, ImmutableArray<Diagnostic> Diagnostics);

/// <summary>A name and what it meant, which is the same where it is the same object; null: nothing.</summary>
internal readonly record struct UsedName(NameKind Kind, string Name, object? Meaning);

/// <summary>What a declaration may depend on.</summary>
internal enum NameKind
{
    Group,
    Ports,
    Service,
}
