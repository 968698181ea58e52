using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Netpol.Tests.Unit.Manual;

/// <summary>Holds a text against a <see cref="ManualGrammar"/>: every way to read it is followed.</summary>
internal sealed partial class ManualReading
{
    private static readonly HashSet<string> Reserved =
        [.. "any world host nodes pods pod cidr dns service and or not has in where from to on for except".Split(' ')];

    private readonly ManualGrammar _grammar;
    private readonly List<string> _tokens = [];
    private readonly Dictionary<(object Expression, int At), HashSet<int>> _known = [];

    public ManualReading(ManualGrammar grammar, string text)
    {
        _grammar = grammar;
        foreach (Match token in Tokens().Matches(text))
        {
            _tokens.AddRange(token.Groups["skipped"].Success ? [] : Cut(token.Value));
        }
    }

    /// <summary>So far some reading comes, by tokens; all of them where the text is of the grammar.</summary>
    public int Furthest { get; private set; }

    public string Stop => Furthest < _tokens.Count ? string.Join(' ', _tokens.Skip(Math.Max(0, Furthest - 8)).Take(16)) : "";

    public bool Is(string production) => Ends(_grammar[production], 0).Contains(_tokens.Count);

    private HashSet<int> Ends(ManualGrammar.Expression expression, int at)
    {
        if (!_known.TryGetValue((expression, at), out var ends))
        {
            _known.Add((expression, at), ends = [.. Read(expression, at)]);
            Furthest = ends.Append(Furthest).Max();
        }

        return ends;
    }

    private IEnumerable<int> Read(ManualGrammar.Expression expression, int at) => expression switch
    {
        ManualGrammar.Expression.Word word => at < _tokens.Count && _tokens[at] == word.Text ? [at + 1] : [],
        ManualGrammar.Expression.Named { Name: var name } when char.IsUpper(name[0]) => at < _tokens.Count && IsTerminal(name, _tokens[at]) ? [at + 1] : [],
        ManualGrammar.Expression.Named { Name: var name } => Ends(_grammar[name], at),
        ManualGrammar.Expression.Sequence sequence => sequence.Parts.Aggregate((IEnumerable<int>)[at], (from, part) => from.SelectMany(place => Ends(part, place)).Distinct().ToList()),
        ManualGrammar.Expression.Choice choice => choice.Alternatives.SelectMany(alternative => Ends(alternative, at)),
        ManualGrammar.Expression.Optional optional => Ends(optional.Inner, at).Append(at),
        ManualGrammar.Expression.Repeated repeated => Again(repeated, at),
        _ => throw new UnreachableException(),
    };

    private HashSet<int> Again(ManualGrammar.Expression.Repeated repeated, int at)
    {
        HashSet<int> reached = [at];
        var open = new Stack<int>(reached);
        while (open.TryPop(out var place))
        {
            var ends = Ends(repeated.Inner, place).AsEnumerable();
            // Entries of records may be separated by commas, and one may stand behind the last.
            ends = repeated.IsBlock ? ends.SelectMany(end => end < _tokens.Count && _tokens[end] == "," ? [end, end + 1] : new[] { end }) : ends;
            foreach (var end in ends.ToList().Where(reached.Add))
            {
                open.Push(end);
            }
        }

        return reached;
    }

    private static bool IsTerminal(string name, string token) => name switch
    {
        "NAME" => token[0] == '"' || (BareName().IsMatch(token) && !Reserved.Contains(token)),
        "TEXT" => token[0] == '"',
        "PFX" => Prefix().IsMatch(token),
        "ADDR" => Prefix().IsMatch(token) && !token.Contains('/', StringComparison.Ordinal),
        "INT" => token.All(char.IsAsciiDigit),
        "NUMBER" => Number().IsMatch(token),
        "RATE" => Rate().IsMatch(token),
        "SIZE" => Size().IsMatch(token),
        "TIME" => Time().IsMatch(token),
        _ => throw new InvalidOperationException($"the manual's grammar has no `{name}`"),
    };

    /// <summary>Ports and rates are one word in the text, and several in the grammar.</summary>
    private static IEnumerable<string> Cut(string token) =>
        Port().Match(token) is { Success: true } port
            ? [port.Groups["first"].Value, .. port.Groups["last"].Success ? ["-", port.Groups["last"].Value] : Array.Empty<string>(), "/", port.Groups["protocol"].Value]
        : NamedPort().Match(token) is { Success: true } named
            ? [.. named.Groups["name"].Success ? [named.Groups["name"].Value] : Array.Empty<string>(), "/", named.Groups["protocol"].Value]
        : PerTime().Match(token) is { Success: true } rate ? [rate.Groups["number"].Value, rate.Groups["time"].Value]
        : [token];

    [GeneratedRegex("(?<skipped>[\\s;]+|//[^\n]*|/\\*.*?\\*/)|\"(?:[^\"\\\\]|\\\\.)*\"|->|==|!=|[{}()|&=,]|[0-9A-Fa-f]*:[0-9A-Fa-f:./]*|[A-Za-z0-9_](?:[\\w.-]*\\w)?(?:/[\\w.]+)?|/\\w+|-", RegexOptions.Singleline)]
    private static partial Regex Tokens();

    [GeneratedRegex("^(?<first>\\d+)(-(?<last>\\d+))?/(?<protocol>tcp|udp|sctp)$")]
    private static partial Regex Port();

    [GeneratedRegex("^(?<name>[A-Za-z_][\\w.-]*)?/(?<protocol>tcp|udp|sctp)$")]
    private static partial Regex NamedPort();

    [GeneratedRegex("^(?<number>[\\d.]+)(?<time>/[smh])$")]
    private static partial Regex PerTime();

    [GeneratedRegex("^[A-Za-z_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$")]
    private static partial Regex BareName();

    [GeneratedRegex("^(\\d+\\.\\d+\\.\\d+\\.\\d+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)(/\\d+)?$")]
    private static partial Regex Prefix();

    [GeneratedRegex("^\\d+(\\.\\d+)?$")]
    private static partial Regex Number();

    [GeneratedRegex("^\\d+(\\.\\d+)?[kMG]?bit/s$")]
    private static partial Regex Rate();

    [GeneratedRegex("^\\d+([kKMG]i?)?B$")]
    private static partial Regex Size();

    [GeneratedRegex("^\\d+(ms|s|m|h|d)$")]
    private static partial Regex Time();
}
