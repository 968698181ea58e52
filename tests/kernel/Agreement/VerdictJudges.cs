using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Compiler.Backends.Bytecode;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Interpretation;
using Netpol.Compiler.Compilation;
using Netpol.Loader.Native;
using Netpol.Tests.Kernel.Bpf;
using Netpol.Tests.Kernel.Datapath;
using Direction = Netpol.Model.Direction;

namespace Netpol.Tests.Kernel.Agreement;

/// <summary>One model's verdicts three times: the interpreter on its bytecode, the kernel on its bytecode, the kernel on clang's.</summary>
internal sealed class VerdictJudges : IDisposable
{
    /// <summary>Questions that a run of the kernel's judges answers; <c>BATCH</c> of judge.h.</summary>
    internal const int Batch = 512;

    internal const int MaxWords = 4;

    private const string LibrarySource =
        """
        #define NETPOL_TABLES 0
        #define NETPOL_TIERS 0
        #define NETPOL_LIBRARY 1
        #include <linux/types.h>
        #include "JUDGE"
        __weak __noinline __u64 egress_verdict(struct policy_input *in) { barrier_var(in); return 0; }
        __weak __noinline __u64 ingress_verdict(struct policy_input *in) { barrier_var(in); return 0; }
        """;

    private static readonly string JudgePath = Path.Combine(SampleObject.Root, "tests/kernel/Agreement/judge.h");

    private static readonly Lazy<byte[]> Library = new(() => SampleObject.Clang(SampleObject.Root, LibrarySource.Replace("JUDGE", JudgePath, StringComparison.Ordinal)));

    private readonly BpfObject _clang;
    private readonly BpfObject _bytecode;
    private readonly MachineProgram _program;
    private readonly Machine _machine;
    private readonly ArrayMap _members;
    private readonly ArrayMap _names;
    private readonly Dictionary<string, uint> _classes = [];

    internal VerdictJudges(CompilationOutput output)
    {
        var emitted = BytecodeCompiler.Compile(output, []);
        Assert.Empty(emitted.Diagnostics);
        _bytecode = Load(Linker.Link(Library.Value, [.. emitted.Object]), "bytecode");
        _clang = Load(SampleObject.Clang(SampleObject.Root, output.Code.Replace("#include \"datapath.h\"", $"#include \"{JudgePath}\"", StringComparison.Ordinal)), "clang");
        _members = Model(output, PolicyInput.ClassMembers);
        _names = Model(output, PolicyInput.PortNameMembers);
        _program = MachineProgram.Link(emitted.Functions, _members, _names);
        _machine = new Machine(_program, MapHelpers.Table);
    }

    /// <summary>The answers of each judge: the interpreter's, the kernel's on bytecode, the kernel's on clang's code.</summary>
    internal (ulong Interpreter, ulong Bytecode, ulong Clang)[] Judge(ReadOnlySpan<Question> questions)
    {
        var inputs = new byte[Batch * PolicyInput.Size];
        for (var index = 0; index < questions.Length; index++)
        {
            Write(questions[index], inputs.AsSpan(index * PolicyInput.Size, PolicyInput.Size));
        }

        var (ours, clangs) = (Run(_bytecode, inputs), Run(_clang, inputs));
        var answers = new (ulong, ulong, ulong)[questions.Length];
        for (var index = 0; index < answers.Length; index++)
        {
            var isEgress = questions[index].Direction == Direction.Egress;
            var result = _machine.Run(
                _program.EntryOf(isEgress ? "egress_verdict" : "ingress_verdict"), inputs[(index * PolicyInput.Size)..((index + 1) * PolicyInput.Size)]);
            Assert.Equal(FaultKind.None, result.Fault);
            var place = (isEgress ? 0 : Batch) + index;
            answers[index] = (result.Answer, ours[place], clangs[place]);
        }

        return answers;
    }

    public void Dispose()
    {
        _clang.Dispose();
        _bytecode.Dispose();
    }

    private static BpfObject Load(byte[] elf, string name)
    {
        var loaded = BpfObject.Open(elf, name);
        loaded.Load();
        return loaded;
    }

    private static ArrayMap Model(CompilationOutput output, string name) =>
        output.Layout.Maps.SingleOrDefault(map => map.Name == name) is MapEntry map ? new(name, map.ValueSize, map.MaxEntries) : new(name, 8, 1);

    private static ulong[] Run(BpfObject loaded, byte[] inputs)
    {
        var map = loaded.Map("batch");
        var batch = new byte[map.ValueSize];
        inputs.CopyTo(batch, 0);
        map.Update(new byte[4], batch);
        using DescriptorHandle handle = new(loaded.ProgramDescriptor("judge") ?? -1, owns: false);
        using var judge = BpfProgram.OpenById(ProgramId(handle), "judge");
        Assert.Equal(1, judge.TestRun(new byte[64], [], new byte[64]).Answer);
        Assert.True(map.TryLookup(new byte[4], batch));
        return MemoryMarshal.Cast<byte, ulong>(batch.AsSpan(inputs.Length)).ToArray();
    }

    private static unsafe uint ProgramId(DescriptorHandle handle)
    {
        bpf_prog_info info = default;
        var length = (uint)sizeof(bpf_prog_info);
        Assert.True(LibBpf.bpf_obj_get_info_by_fd(handle, &info, &length) >= 0);
        return info.id;
    }

    private void Write(Question question, Span<byte> input)
    {
        Put(input, PolicyInput.SelfClass, Class(PolicyInput.ClassMembers, _members, question.Self));
        Put(input, PolicyInput.PeerClass, Class(PolicyInput.ClassMembers, _members, question.Peer));
        Put(input, PolicyInput.PortNames, question.Names.All(word => word == 0) ? 0 : Class(PolicyInput.PortNameMembers, _names, question.Names));
        Put(input, PolicyInput.Service, (uint)question.Service);
        Put(input, PolicyInput.Port, question.Traffic.Port);
        Put(input, PolicyInput.ServicePort, question.ServicePort);
        Put(input, PolicyInput.Protocol, question.Traffic.Protocol);
        Put(input, PolicyInput.Family, question.Family == Netpol.Model.IpFamily.V4 ? 4U : 6);
        Put(input, PolicyInput.IcmpType, question.Traffic.IcmpType);
        Put(input, PolicyInput.IcmpCode, question.Traffic.IcmpCode);
        Put(input, PolicyInput.SameNamespace, question.IsSameNamespace ? 1U : 0);
        Put(input, PolicyInput.FromHost, question.IsFromHost ? 1U : 0);
        Put(input, PolicyInput.Spent, (uint)question.Spent);
    }

    private static void Put(Span<byte> input, InputField field, uint value)
    {
        for (var index = 0; index < field.Size.Bytes(); index++)
        {
            input[field.Offset + index] = (byte)(value >> (8 * index));
        }
    }

    // Classes from 1, each by what it is in; all judges learn of it.
    private uint Class(string map, ArrayMap model, ulong[] words)
    {
        var key = $"{map} {string.Join(' ', words)}";
        if (!_classes.TryGetValue(key, out var number))
        {
            number = (uint)_classes.Count + 1;
            _classes.Add(key, number);
            var value = MemoryMarshal.AsBytes(words.AsSpan())[..model.ValueSize].ToArray();
            value.CopyTo(model[(int)number]);
            foreach (var loaded in (BpfObject[])[_clang, _bytecode])
            {
                loaded.Map(map).Update(BitConverter.GetBytes(number), value);
            }
        }

        return number;
    }
}
