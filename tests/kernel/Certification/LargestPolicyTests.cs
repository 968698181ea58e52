using System.Globalization;
using Netpol.Compiler.Backends;
using Netpol.Compiler.Compilation;
using Netpol.Loader.Generations;
using Netpol.Tests.Kernel.Datapath;
using Netpol.Tests.Support;
using Netpol.Toolchain;
using Xunit.Abstractions;

namespace Netpol.Tests.Kernel.Certification;

/// <summary>No policy that compiles is refused by the verifier: the largest that the build lets pass as code loads.</summary>
public sealed class LargestPolicyTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1_800, 16)]
    [InlineData(3_800, 7)]
    [InlineData(25, 1_200)]
    public void The_largest_policy_as_code_is_taken_by_the_verifier(int fewest, int ports)
    {
        using TemporaryFolder folder = new();
        var (rules, found) = (fewest, Compile(folder, fewest, ports));
        Assert.NotNull(found.Output);
        for (var step = fewest; step > 0; step /= 2)
        {
            while (Compile(folder, rules + step, ports) is { Output: not null } more)
            {
                (rules, found) = (rules + step, more);
            }
        }

        Assert.Contains(Compile(folder, rules + 1, ports).Diagnostics, diagnostic => diagnostic.Id is "NP4501" or "NP4502");
        output.WriteLine($"{rules} rules, about {InstructionCost.Of(found.Output.Program, out _)} instructions");
        var built = BundleBuilder.Build(found.Output, [], folder.Of("bundle"), BackendKind.Bytecode);
        Assert.True(built.Manifest is not null, string.Join('\n', built.Diagnostics));

        using TestNode node = new(File.ReadAllBytes(folder.Of("bundle/datapath.bpf.o")));

        foreach (var name in (string[])["new_connection", "new_ingress"])
        {
            using var program = node.SharedProgram(name);
            output.WriteLine($"{name}: the verifier walked {program.VerifiedInstructions}");
            Assert.InRange(program.VerifiedInstructions, 100_000, 1_000_000);
        }
    }

    /// <summary>Whose verdicts are code and all of whose features are there: far from the million instructions that it follows at most.</summary>
    [Fact]
    public void No_program_of_the_library_takes_the_verifier_near_its_limit()
    {
        using TestNode node = new(SampleObject.Bytes);

        var walked = GenerationBuilder.SharedPrograms.Concat(["sock_connect4", "sock_connect6", "sock_sendmsg4", "sock_sendmsg6"]).ToDictionary(name => name, name =>
        {
            using var program = node.SharedProgram(name);
            return program.VerifiedInstructions;
        });


        foreach (var (name, instructions) in walked.OrderByDescending(pair => pair.Value))
        {
            output.WriteLine($"{name}: {instructions}");
        }

        Assert.All(walked.Values, instructions => Assert.InRange(instructions, 1, 200_000));
    }

    private static CompilationResult Compile(TemporaryFolder folder, int rules, int ports)
    {
        var text = string.Join('\n', Enumerable.Range(0, rules).Select(rule => string.Create(
            CultureInfo.InvariantCulture,
            $"allow {(rule % 2 == 0 ? "from" : "to")} cidr 10.{rule / 250}.{rule % 250}.0/24 on {string.Join(", ", Enumerable.Range(0, ports).Select(port => $"{1 + (rule * 7 + port * 3) % 60_000}/tcp"))}")).Order(StringComparer.Ordinal));
        var ingress = string.Join('\n', text.Split('\n').Where(line => line.StartsWith("allow from", StringComparison.Ordinal)));
        var egress = string.Join('\n', text.Split('\n').Where(line => line.StartsWith("allow to", StringComparison.Ordinal)));
        var loaded = SourceLoader.Load([folder.File("a.netpol", $"policy large for any {{ ingress {{\n{ingress}\n}} egress {{\n{egress}\n}} }}")]);
        return NetpolCompiler.Compile(loaded.Units, loaded.Diagnostics, VerdictChoice.Code);
    }
}
