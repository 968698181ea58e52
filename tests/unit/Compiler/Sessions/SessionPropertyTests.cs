using Netpol.Compiler.Compilation;
using Netpol.Parsing;
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

    private static bool Ascends(DatapathOutput output) =>
        output.Scope.Rules.Zip(output.Scope.Rules.Skip(1)).All(pair => pair.First.Id < pair.Second.Id)
        && output.Scope.Rules.All(rule => rule.Id > 0 && rule.Id <= output.Scope.RuleIds);
}
