using Netpol.Model;

namespace Netpol.Compiler.Ir;

/// <summary>A set whose members can be told without looking at a second end: what becomes one bit.</summary>
/// <param name="Name">The group's name; null where the set was written in place.</param>
/// <param name="Expression">Normalised, without names, <c>same namespace</c> and services.</param>
/// <param name="Spelling">The expression as the language writes it; equal sets have equal spellings.</param>
public sealed record MemberSet(SetId Id, string? Name, AddressSet Expression, string Spelling)
{
    /// <summary>No clause asks for it and no policy selects it, only services or <c>observe</c> do: it tells no two addresses apart.</summary>
    public bool IsOutsideVerdicts { get; init; }

    /// <summary>For people: the group's name, or the spelling.</summary>
    public string Title => Name ?? Spelling;
}
