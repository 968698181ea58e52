using System.Collections.Immutable;
using System.Text.Json;
using Netpol.Bundle;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Elf;
using Netpol.Compiler.Certification;
using Netpol.Compiler.Compilation;
using Netpol.Tests.Support;
using Netpol.Text;
using Netpol.Toolchain;

namespace Netpol.Tests.Unit.Compiler.Certification;

/// <summary>What is built is certified, and an object that takes more is caught before it is written.</summary>
public sealed class ObjectCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("everything", VerdictChoice.Auto)]
    [InlineData("everything", VerdictChoice.Code)]
    [InlineData("scale", VerdictChoice.Auto)]
    public void A_bundle_says_what_it_takes(string name, VerdictChoice choice)
    {
        var built = BundleBuilder.Build([new CorpusCase(name).Source], _folder.Of("bundle"), choice, BackendKind.Bytecode);
        Assert.NotNull(built.Certificate);

        var text = CertificateText.Print(built.Certificate);

        Assert.EndsWith(text, File.ReadAllText(_folder.Of("bundle/listing.txt")));
        Assert.Equal(JsonSerializer.Serialize(built.Certificate, CertificateJson.Default.Certificate) + "\n", File.ReadAllText(_folder.Of("bundle/certificate.json")));
        Verifier.Verify(text + "\n" + CertificateText.Summary(built.Certificate) + "\n", "txt", $"{name}_{choice}");
    }

    [Fact]
    public void A_rule_that_takes_too_long_is_named()
    {
        const string Source = """
            policy short for any { ingress { allow from cidr 10.0.0.0/8 on 1/tcp } }
            policy long for any { ingress { allow from any on 1/tcp, 3/tcp, 5/tcp, 7/tcp, 9/tcp, 11/tcp, 13/tcp, 15/tcp, 17/tcp, 19/tcp, 21/tcp, 23/tcp, 25/tcp, 27/tcp, 29/tcp, 31/tcp } }
            """;
        var (output, sources, file) = Build(Source, VerdictChoice.Code);

        var (certificate, diagnostics) = ObjectCheck.Run(output, file, sources, CertificateLimits.Kernel with { PathInstructions = 1_000 });

        Assert.Null(certificate);
        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal("NP4507", diagnostic.Id);
        Assert.Matches(@"^program `new_connection` takes \d+ instructions on its longest path, and the kernel gives 1000$", diagnostic.Message);
        Assert.Equal(2, sources[0].PositionOf(diagnostic.Span.Start).Line);
    }

    [Theory]
    [InlineData(200, 8, 33, "program `new_connection` takes 352 bytes of stack, and the kernel gives 200")]
    [InlineData(512, 1, 33, "program `new_connection` takes 3 functions called by each other, and the kernel gives 1")]
    [InlineData(512, 8, 2, "program `from_endpoint_stub` takes 5 tail calls, and the kernel gives 2")]
    public void Every_limit_is_kept(int stack, int frames, int tailCalls, string message)
    {
        var (output, sources, file) = Build("policy closed for any { ingress { } }", VerdictChoice.Auto);

        var (_, diagnostics) = ObjectCheck.Run(output, file, sources, new CertificateLimits(stack, frames, 1_000_000, tailCalls));

        Assert.Equal(("NP4507", message), (Assert.Single(diagnostics).Id, diagnostics[0].Message));
    }

    [Fact]
    public void A_frame_made_deeper_is_caught()
    {
        var (output, sources, file) = Build("policy closed for any { ingress { } }", VerdictChoice.Auto);
        var deeper = Mutate(file, "translate", instruction => instruction.Code == Code.Store64Register && instruction.Destination == Register.R10
            ? instruction with { Offset = -520 } : instruction);

        var (certificate, diagnostics) = ObjectCheck.Run(output, deeper, sources);

        Assert.Null(certificate);
        Assert.Equal("program `translate` takes 576 bytes of stack, and the kernel gives 512", Assert.Single(diagnostics).Message);
    }

    [Fact]
    public void A_loop_made_longer_is_measured_and_one_made_endless_is_caught()
    {
        var (output, sources, file) = Build("policy closed for any { ingress { } }", VerdictChoice.Auto);
        long Path(byte[] of) => ObjectCheck.Run(output, of, sources).Certificate!.Programs.Single(program => program.Name == "translate").LongestPath;
        Instruction Counter(Instruction instruction, int start, int step) => instruction switch
        {
            { Code: Code.Move32Immediate, Immediate: 32 } => instruction with { Immediate = start },
            { Code: Code.Add32Immediate, Immediate: -1 } => instruction with { Immediate = step },
            _ => instruction,
        };
        var longer = Mutate(file, "crc32c_multiply", instruction => Counter(instruction, 64, -1));
        var endless = Mutate(file, "crc32c_multiply", instruction => Counter(instruction, 32, 0));

        Assert.True(Path(longer) > Path(file) + 16 * 32 * 10);
        var diagnostic = Assert.Single(ObjectCheck.Run(output, endless, sources).Diagnostics);
        Assert.Equal(
            ("NP4508", "what program `crc32c_multiply` takes at most cannot be said: a loop is not seen to end"), (diagnostic.Id, diagnostic.Message));
    }

    [Fact]
    public void What_is_no_object_is_one_diagnostic()
    {
        var (output, sources, _) = Build("policy closed for any { ingress { } }", VerdictChoice.Auto);

        Assert.Equal("NP4508", Assert.Single(ObjectCheck.Run(output, [1, 2, 3], sources).Diagnostics).Id);
    }

    private (CompilationOutput Output, ImmutableArray<SourceFile> Sources, byte[] File) Build(string source, VerdictChoice choice)
    {
        var loaded = SourceLoader.Load([_folder.File("a.netpol", source)]);
        var output = NetpolCompiler.Compile(loaded.Units, loaded.Diagnostics, choice).Output;
        Assert.NotNull(output);
        Assert.NotNull(BundleBuilder.Build(output, loaded.Sources, _folder.Of("bundle"), BackendKind.Bytecode).Manifest);
        return (output, loaded.Sources, File.ReadAllBytes(_folder.Of("bundle/datapath.bpf.o")));
    }

    /// <summary>The object with the instructions of one function changed.</summary>
    private static byte[] Mutate(byte[] file, string function, Func<Instruction, Instruction> change)
    {
        Assert.True(ElfReader.TryRead(file, out var elf, out var problem), problem);
        var symbol = elf.Symbols.Single(symbol => symbol.Name == function && symbol.Type == ElfSymbolType.Function);
        var section = elf.Sections[symbol.Section];
        Assert.True(InstructionCodec.TryDecode(section.Data.AsSpan((int)symbol.Value, (int)symbol.Size), out var before));
        var after = InstructionCodec.Encode(before.Select(change));
        Assert.False(after.AsSpan().SequenceEqual(section.Data.AsSpan((int)symbol.Value, (int)symbol.Size)));
        byte[] data = [.. section.Data];
        after.CopyTo(data, (int)symbol.Value);
        return ElfWriter.Write(elf with { Sections = elf.Sections.SetItem(symbol.Section, section with { Data = [.. data] }) });
    }
}
