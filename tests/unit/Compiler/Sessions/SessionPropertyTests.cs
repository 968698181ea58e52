using System.Text.RegularExpressions;
using Netpol.Bench.Compile;
using Netpol.Compiler.Compilation;
using Netpol.Parsing;
using Netpol.Text;
using Xunit.Abstractions;

namespace Netpol.Tests.Unit.Compiler.Sessions;

/// <summary>After any edit a session says what a whole compilation of the same sources says.</summary>
public sealed class SessionPropertyTests(ITestOutputHelper output)
{
    private const int Edits = 1500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_session_is_the_whole_compilation_whatever_is_edited(int seed)
    {
        var (sources, session) = (new EditedSources(seed), new CompilationSession());
        var (loads, sound, incremental, isSound) = (0, 0, 0, true);

        for (var edit = 0; edit < Edits; edit++)
        {
            loads = 0;
            var result = session.Compile(parse =>
            {
                loads++;
                return sources.Load(parse);
            });
            var (units, parsing) = sources.Load(NetpolParser.Parse);
            var whole = NetpolCompiler.Compile(units, parsing);

            var (expected, actual) = (SessionText.Of(whole.Output, whole.Diagnostics), SessionText.Of(result.Output, result.Diagnostics));
            Assert.True(expected == actual, $"seed {seed}, edit {edit}:\n{string.Join("\n=====\n", sources.Texts.Values)}\n===== expected\n{expected}\n===== actual\n{actual}");
            Assert.True(result.Output is null || Ascends(result.Output), $"seed {seed}, edit {edit}: ids do not ascend");

            isSound = whole.Output is not null;
            sound += isSound ? 1 : 0;
            incremental += loads == 1 ? 1 : 0;
            sources.Edit(isSound);
        }

        output.WriteLine($"seed {seed}: {sound} of {Edits} compile, {incremental} by what is known");
        Assert.InRange(sound, Edits / 3, Edits);
        Assert.InRange(incremental, sound * 8 / 10, sound);
    }

    [Fact]
    public void A_large_policy_is_compiled_to_the_same_after_every_edit_of_a_line()
    {
        var (random, session) = (new Random(5), new CompilationSession());
        var lines = LargePolicy.Text(400).Split('\n').ToList();
        var incremental = 0;

        for (var edit = 0; edit < 150; edit++)
        {
            var source = new SourceFile("large.netpol", string.Join('\n', lines));
            var loads = 0;
            var result = session.Compile(parse =>
            {
                loads++;
                var (unit, diagnostics) = parse(source);
                return ([unit], diagnostics);
            });
            var (whole, parsing) = NetpolParser.Parse(source);
            var expected = NetpolCompiler.Compile([whole], parsing);

            Assert.Equal(SessionText.Of(expected.Output, expected.Diagnostics), SessionText.Of(result.Output, result.Diagnostics));
            incremental += loads == 1 ? 1 : 0;
            Edit(lines, random);
        }

        Assert.InRange(incremental, 140, 150);
    }

    // Groups, rules and services have numbers for names, ports and prefixes: another one is another meaning, and most times a sound one.
    private static void Edit(List<string> lines, Random random)
    {
        var line = random.Next(lines.Count);
        while (!lines[line].Contains(" g", StringComparison.Ordinal) || lines[line].StartsWith("policy", StringComparison.Ordinal))
        {
            line = random.Next(lines.Count);
        }

        var isRule = lines[line].StartsWith("        ", StringComparison.Ordinal);
        switch (random.Next(isRule ? 4 : 2))
        {
            case 0:
                lines[line] = Regex.Replace(lines[line], "app[0-9]+", $"app{random.Next(30)}");
                break;
            case 1 when isRule:
                lines[line] = Regex.Replace(lines[line], " g[0-9]+", $" g{random.Next(20)}");
                break;
            case 2:
                lines.Insert(line, lines[line]);
                break;
            case 3:
                lines.RemoveAt(line);
                break;
            default:
                lines[line] = Regex.Replace(lines[line], "/28", $"/{random.Next(28, 33)}");
                break;
        }
    }

    private static bool Ascends(DatapathOutput output) =>
        output.Scope.Rules.Zip(output.Scope.Rules.Skip(1)).All(pair => pair.First.Id < pair.Second.Id)
        && output.Scope.Rules.All(rule => rule.Id > 0 && rule.Id <= output.Scope.RuleIds);
}
