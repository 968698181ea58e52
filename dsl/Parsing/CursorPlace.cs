using System.Collections.Immutable;

namespace Netpol.Parsing;

/// <summary>What would fit where a person is writing.</summary>
/// <param name="Statement">What a statement there is called, such as "rule", where one would begin; else empty.</param>
/// <param name="Expected">As messages say it: words of the language in backticks, else a kind such as "a set".</param>
public sealed record CursorPlace(string Statement, ImmutableArray<string> Expected)
{
    /// <summary>Any set of addresses.</summary>
    public const string Set = "a set";

    /// <summary>Anything that may stand behind <c>on</c>.</summary>
    public const string Port = "a port";

    /// <summary>A name, of what the words before it say.</summary>
    public const string Name = Terminals.NameWanted;

    /// <summary>Text in quotes.</summary>
    public const string Quoted = "a quoted text";
}
