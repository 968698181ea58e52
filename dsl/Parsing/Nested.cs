using System.Collections.Immutable;
using Netpol.Syntax;
using Sprache;

namespace Netpol.Parsing;

/// <summary>
/// What stands in the blocks of statements: a `{ }` token becomes the syntax of the statements in it. The grammars are
/// named inside functions only, because they name these parsers in turn.
/// </summary>
internal static class Nested
{
    public static readonly Parser<ImmutableArray<PolicyBlockSyntax>> PolicyBlocks = Of(ReadPolicyBlocks);

    public static readonly Parser<ImmutableArray<RuleSyntax>> Rules = Of(ReadRules);

    public static readonly Parser<ImmutableArray<HttpRequestSyntax>> HttpRequests = Of(ReadHttpRequests);

    public static readonly Parser<ImmutableArray<ServiceLineSyntax>> ServiceLines = Of(ReadServiceLines);

    public static readonly Parser<ImmutableArray<TestLineSyntax>> TestLines = Of(ReadTestLines);

    public static readonly Parser<ImmutableArray<LabelSyntax>> Labels = Of(ReadLabels);

    public static readonly Parser<ImmutableArray<ClusterLineSyntax>> ClusterLines =
        Of(static (file, block) => file.ReadAll(block, SettingGrammar.ClusterLines));

    public static readonly Parser<ImmutableArray<QosLineSyntax>> QosLines =
        Of(static (file, block) => file.ReadAll(block, SettingGrammar.QosLines));

    public static readonly Parser<ImmutableArray<ObserveLineSyntax>> ObserveLines =
        Of(static (file, block) => file.ReadAll(block, SettingGrammar.ObserveLines));

    public static readonly Parser<ImmutableArray<ScaleLineSyntax>> ScaleLines =
        Of(static (file, block) => file.ReadAll(block, SettingGrammar.ScaleLines));

    /// <summary>Checks the blocks of a statement whose head did not parse; its word says what is in them.</summary>
    public static void Check(FileReading file, RawStatement statement, string word)
    {
        foreach (var block in statement.Blocks)
        {
            switch (word)
            {
                case "policy":
                    file.ReadOnce(block, ReadPolicyBlocks);
                    break;
                case "ingress" or "egress":
                    file.ReadOnce(block, ReadRules);
                    break;
                case "service":
                    file.ReadOnce(block, ReadServiceLines);
                    break;
                case "test":
                    file.ReadOnce(block, ReadTestLines);
                    break;
                default:
                    break;
            }
        }
    }

    private static ImmutableArray<PolicyBlockSyntax> ReadPolicyBlocks(FileReading file, RawBlock block) =>
        file.ReadAll(block, RuleGrammar.PolicyBlocks);

    private static ImmutableArray<RuleSyntax> ReadRules(FileReading file, RawBlock block) =>
        file.ReadAll(block, RuleGrammar.Rules);

    private static ImmutableArray<HttpRequestSyntax> ReadHttpRequests(FileReading file, RawBlock block) =>
        file.ReadAll(block, RuleGrammar.HttpRequest);

    private static ImmutableArray<ServiceLineSyntax> ReadServiceLines(FileReading file, RawBlock block) =>
        file.ReadAll(block, ServiceGrammar.Lines);

    private static ImmutableArray<TestLineSyntax> ReadTestLines(FileReading file, RawBlock block) =>
        file.ReadAll(block, TestGrammar.Line);

    private static ImmutableArray<LabelSyntax> ReadLabels(FileReading file, RawBlock block) =>
        [.. block.Statements.SelectMany(statement => file.ReadLabels(statement))];

    private static Parser<ImmutableArray<T>> Of<T>(BlockReader<T> read) => input =>
        Terminals.Block(input) is { WasSuccessful: true } block
            ? Result.Success(((TokenInput)input).Reading.File.ReadOnce(block.Value, read), block.Remainder)
            : Combinators.Failed<ImmutableArray<T>>.Result;
}

/// <summary>Reads the statements of a block; reports into the file.</summary>
internal delegate ImmutableArray<T> BlockReader<T>(FileReading file, RawBlock block);
