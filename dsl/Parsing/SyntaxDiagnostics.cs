using System.Collections.Immutable;
using Netpol.Diagnostics;

namespace Netpol.Parsing;

/// <summary>What can be wrong with the spelling of a file.</summary>
public static class SyntaxDiagnostics
{
    public static readonly DiagnosticDescriptor Expected = new(
        "NP1001", Severity.Error, "expected {0}, found {1}",
        "Write what is expected here; docs/language.md has the grammar of every statement.");

    public static readonly DiagnosticDescriptor UnexpectedCharacter = new(
        "NP1002", Severity.Error, "`{0}` has no meaning here",
        "Remove it, or put it in quotes if it is part of a name.");

    public static readonly DiagnosticDescriptor BidirectionalControl = new(
        "NP1003", Severity.Error, "the invisible character U+{0} changes the direction of the text",
        "Remove it: with it the file reads differently from what it means.");

    public static readonly DiagnosticDescriptor ControlCharacter = new(
        "NP1004", Severity.Error, "the control character U+{0} does not belong into a text",
        "Remove it; a .netpol file is plain text.");

    public static readonly DiagnosticDescriptor NotUtf8 = new(
        "NP1005", Severity.Error, "the file is not UTF-8 text",
        "Save the file as UTF-8; check that it is the file you mean.");

    public static readonly DiagnosticDescriptor UnterminatedString = new(
        "NP1006", Severity.Error, "the quoted text is not closed on its line",
        "Add the closing `\"`.");

    public static readonly DiagnosticDescriptor UnterminatedComment = new(
        "NP1007", Severity.Error, "the comment is never closed",
        "Add `*/`; comments do not nest.");

    public static readonly DiagnosticDescriptor UnknownEscape = new(
        "NP1008", Severity.Error, "`{0}` is no escape",
        "In quotes there are `\\\"` and `\\\\`.");

    public static readonly DiagnosticDescriptor TooDeep = new(
        "NP1009", Severity.Error, "brackets nest more than {0} deep",
        "Give the inner sets names with `group` and use these.");

    public static readonly DiagnosticDescriptor UnclosedBracket = new(
        "NP1010", Severity.Error, "`{0}` is never closed",
        "Close it where it ends.");

    public static readonly DiagnosticDescriptor UnmatchedBracket = new(
        "NP1011", Severity.Error, "`{0}` closes nothing",
        "Remove it, or add what it should close.");

    public static readonly DiagnosticDescriptor BraceOnOwnLine = new(
        "NP1012", Severity.Error, "`{{` stands on a line of its own",
        "Put `{{` at the end of the line before: a new line begins a new statement.");

    public static readonly DiagnosticDescriptor MinusNeedsBlanks = new(
        "NP1013", Severity.Error, "`-` needs a blank on both sides",
        "Write `a - b` for a difference of sets; `a-b` is one name.");

    public static readonly DiagnosticDescriptor PortWithoutProtocol = new(
        "NP1014", Severity.Error, "port `{0}` has no protocol",
        "Say which, as in `8080/tcp`, `8080/udp` or `8080/sctp`.");

    public static readonly DiagnosticDescriptor MalformedLiteral = new(
        "NP1015", Severity.Error, "`{0}` is not {1}",
        "Literals carry their unit: `8080/tcp`, `10.0.0.0/8`, `30s`, `100Mbit/s`.");

    public static readonly DiagnosticDescriptor PortOutOfRange = new(
        "NP1016", Severity.Error, "port {0} is above 65535",
        "Ports are numbers from 0 to 65535.");

    public static readonly DiagnosticDescriptor PortRangeBackwards = new(
        "NP1017", Severity.Error, "the range `{0}` ends before it begins",
        "Write the lower port first.");

    public static readonly DiagnosticDescriptor UnknownProtocol = new(
        "NP1018", Severity.Error, "`{0}` is no protocol with ports",
        "Write `tcp`, `udp` or `sctp`.");

    public static readonly DiagnosticDescriptor MixedOperators = new(
        "NP1019", Severity.Error, "`{0}` after `{1}` needs parentheses",
        "Put one of the two in `( )`: sets have one operator a level.");

    public static readonly DiagnosticDescriptor UnquotedValue = new(
        "NP1020", Severity.Error, "the value `{0}` is not quoted",
        "Put it in quotes.");

    public static readonly DiagnosticDescriptor AssignmentForComparison = new(
        "NP1021", Severity.Error, "a comparison is written `==`",
        "Write `==`.");

    public static readonly DiagnosticDescriptor ReservedWord = new(
        "NP1022", Severity.Error, "`{0}` is a reserved word and no name",
        "Put it in quotes to use it as a name.");

    public static readonly DiagnosticDescriptor UnknownStatement = new(
        "NP1023", Severity.Error, "`{0}` begins no {1}: {2}",
        "Begin the line with one of the words of docs/language.md for this place.");

    public static readonly DiagnosticDescriptor NotNetpol = new(
        "NP1024", Severity.Error, "this does not look like a .netpol file: no line of it begins a declaration",
        "Check that it is the file you mean; `netpol import` turns Kubernetes YAML into .netpol.");

    public static readonly DiagnosticDescriptor TooLong = new(
        "NP1025", Severity.Error, "a name, literal or quoted text may have {0} characters at most",
        "Shorten it.");

    public static readonly DiagnosticDescriptor ComparisonForAssignment = new(
        "NP1026", Severity.Error, "a label is given with `=`",
        "Write `=`; `==` compares, in `where`.");

    public static readonly DiagnosticDescriptor AddressWithoutCidr = new(
        "NP1027", Severity.Error, "`{0}` alone is no set",
        "Write `cidr` before addresses and prefixes.");

    public static readonly DiagnosticDescriptor TooManyTokens = new(
        "NP1028", Severity.Error, "a statement may have {0} words and symbols at most",
        "Split it: name parts of it with `group` or `ports`.");

    public static readonly DiagnosticDescriptor ImportNotFound = new(
        "NP1040", Severity.Error, "`{0}` cannot be read: {1}",
        "The path is looked up from the folder of the importing file, with forward slashes.");

    public static readonly DiagnosticDescriptor ImportCycle = new(
        "NP1041", Severity.Error, "the import closes a cycle: {0}",
        "All names are seen in all files of a build, so one of the imports can go.");

    public static readonly DiagnosticDescriptor FileNotFound = new(
        "NP1042", Severity.Error, "`{0}` cannot be read: {1}",
        "Check the path.");

    public static ImmutableArray<DiagnosticDescriptor> All { get; } =
    [
        Expected, UnexpectedCharacter, BidirectionalControl, ControlCharacter, NotUtf8, UnterminatedString,
        UnterminatedComment, UnknownEscape, TooDeep, UnclosedBracket, UnmatchedBracket, BraceOnOwnLine, MinusNeedsBlanks,
        PortWithoutProtocol, MalformedLiteral, PortOutOfRange, PortRangeBackwards, UnknownProtocol, MixedOperators,
        UnquotedValue, AssignmentForComparison, ReservedWord, UnknownStatement, NotNetpol, TooLong, ComparisonForAssignment,
        AddressWithoutCidr, TooManyTokens, ImportNotFound, ImportCycle, FileNotFound,
    ];
}
