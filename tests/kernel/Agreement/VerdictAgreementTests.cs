using System.Diagnostics;
using System.Globalization;
using Netpol.Compiler.Compilation;
using Netpol.Compiler.Ir;
using Netpol.Semantics;
using Xunit.Abstractions;

namespace Netpol.Tests.Kernel.Agreement;

/// <summary>
/// Three judges of one mind: the reference evaluator, the interpreter on bytecode, and the kernel on both backends. Their verdicts are
/// asked directly, without packets, so that many models and flows can be tried; <see cref="AgreementTests"/> sends packets.
/// </summary>
public sealed class VerdictAgreementTests(ITestOutputHelper output)
{
    private const int Pairs = 200_000, PairsOfModel = 5_000;

    /// <summary>Judges that always say the same agree too: each kind of answer must be given this often.</summary>
    private const int Kinds = 11, OfEachKind = 100;

    [Fact]
    public void Evaluator_interpreter_and_kernel_give_every_flow_the_same_verdict()
    {
        // NETPOL_SEED repeats a run.
        var seed = int.TryParse(Environment.GetEnvironmentVariable("NETPOL_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        Dictionary<ulong, int> answers = [];
        var (pairs, models, asked) = (0, 0, 0);
        var watch = Stopwatch.StartNew();

        for (; pairs < Pairs || (!IsVaried(answers) && pairs < 3 * Pairs); models++)
        {
            var model = new RandomModel(random).Next();
            var universe = RandomUniverse.Next(random);
            var compiled = NetpolCompiler.Compile(model, [], VerdictChoice.Code).Output ?? throw new InvalidOperationException("a random model does not compile");
            using VerdictJudges judges = new(compiled);
            Evaluator evaluator = new(model);
            List<Question> questions = [];
            for (var n = 0; n < PairsOfModel; n++)
            {
                var flow = Trial.Next(random, universe).Flow;
                var before = questions.Count;
                var spent = compiled.Program.Rules.IsEmpty || random.Next(2) == 0 ? 0 : random.Next(compiled.Program.Rules.Length + 1);
                var last = spent == 0 ? null : compiled.Program.Rules[spent - 1].Origin;
                var judgements = evaluator.JudgeAll(universe, flow, bucket => last is not null && bucket.Rule.Origin.CompareTo(last) <= 0);
                questions.AddRange(Question.Of(compiled.Program, evaluator.Members, universe, flow, judgements, spent));
                pairs += questions.Count > before ? 1 : 0;
            }

            asked += questions.Count;
            foreach (var batch in questions.Chunk(VerdictJudges.Batch))
            {
                foreach (var (question, answer) in batch.Zip(judges.Judge(batch)))
                {
                    var expected = question.Expected;
                    Assert.True(
                        answer == (expected, expected, expected),
                        $"seed {seed}, model {models}: {question}\nevaluator 0x{expected:x}, interpreter 0x{answer.Interpreter:x}, kernel on bytecode 0x{answer.Bytecode:x}, on clang's code 0x{answer.Clang:x}\n{IrPrinter.Print(compiled.Program)}");
                    answers[expected >> 32] = answers.GetValueOrDefault(expected >> 32) + 1;
                }
            }
        }

        output.WriteLine($"{pairs} pairs of {models} models and flows, {asked} verdicts of each judge, {watch.Elapsed.TotalSeconds:f0} s");
        foreach (var (answer, count) in answers.OrderByDescending(entry => entry.Value))
        {
            output.WriteLine($"{count,8} 0x{answer:x8}");
        }

        Assert.True(IsVaried(answers), string.Join(' ', answers));
    }

    private static bool IsVaried(Dictionary<ulong, int> answers) => answers.Count >= Kinds && answers.Values.Min() >= OfEachKind;
}
