using System.Runtime.InteropServices;
using Netpol.Loader.Templates;

namespace Netpol.Loader.Native;

/// <summary>A loaded program, by descriptor.</summary>
public sealed unsafe class BpfProgram : IDisposable
{
    private const int SchedCls = 3;
    private const int LogSize = 16 << 20;

    private BpfProgram(string name, DescriptorHandle handle) => (Name, Handle) = (name, handle);

    public string Name { get; }

    public DescriptorHandle Handle { get; }

    public uint Id => Info().id;

    /// <summary>Instructions that the verifier walked: what loading costs.</summary>
    public int VerifiedInstructions => (int)Info().verified_insns;

    /// <summary>Instructions after the verifier's rewriting.</summary>
    public int TranslatedInstructions => (int)Info().xlated_prog_len / 8;

    /// <summary>The first 15 characters of the name it was loaded by, whatever it is called here.</summary>
    internal unsafe string KernelName
    {
        get
        {
            var info = Info();
            return Marshal.PtrToStringUTF8((nint)info.name) ?? "";
        }
    }

    /// <summary>By the id that a lookup in a program array answers.</summary>
    public static BpfProgram OpenById(uint id, string name) =>
        new(name, DescriptorHandle.FromAnswer(LibBpf.bpf_prog_get_fd_by_id(id), $"open program `{name}`"));

    internal static BpfProgram OpenPinned(string pin, string name) =>
        TryOpenPinned(pin, name) ?? throw new LoaderException(
            $"there is no program at `{pin}`; pins were removed behind our back: detach the containers and load the bundle again");

    /// <summary>Null where nothing is pinned at the path.</summary>
    internal static BpfProgram? TryOpenPinned(string pin, string name)
    {
        var answer = LibBpf.bpf_obj_get(pin);
        return answer == -KernelException.ENOENT
            ? null
            : new BpfProgram(name, DescriptorHandle.FromAnswer(answer, $"open the program `{pin}`"));
    }

    internal void Pin(string pin)
    {
        var answer = LibBpf.bpf_obj_pin(Handle.Number, pin);
        if (answer < 0)
        {
            throw new KernelException($"pin the program `{pin}`", -answer);
        }
    }

    /// <param name="maps">From a name in the template to a map.</param>
    /// <param name="btf">The object's BTF; null loads without line information.</param>
    /// <exception cref="RefusedException">The verifier refused it.</exception>
    internal static BpfProgram Load(ProgramTemplate template, Func<string, BpfMap> maps, DescriptorHandle? btf)
    {
        var instructions = (byte[])template.Instructions.Clone();
        foreach (var reference in template.Maps)
        {
            MemoryMarshal.Write(instructions.AsSpan(reference.Instruction * 8 + 4), maps(reference.Map).Handle.Number);
        }

        fixed (byte* code = instructions, functions = template.FunctionInfo, lines = template.LineInfo)
        {
            bpf_prog_load_opts options = new() { sz = (nuint)sizeof(bpf_prog_load_opts) };
            if (btf is not null && functions != null)
            {
                options.prog_btf_fd = (uint)btf.Number;
                options.func_info = functions;
                options.func_info_cnt = (uint)(template.FunctionInfo.Length / template.FunctionInfoSize);
                options.func_info_rec_size = (uint)template.FunctionInfoSize;
                options.line_info = lines;
                options.line_info_cnt = lines == null ? 0 : (uint)(template.LineInfo.Length / template.LineInfoSize);
                options.line_info_rec_size = (uint)template.LineInfoSize;
            }

            var count = (nuint)(instructions.Length / 8);
            var answer = LibBpf.bpf_prog_load(SchedCls, template.Name, "GPL", code, count, &options);
            if (answer >= 0)
            {
                return new BpfProgram(template.Name, new DescriptorHandle(answer));
            }

            throw answer == -KernelException.EPERM
                ? new KernelException($"load program `{template.Name}`", -answer)
                : Refused(template.Name, code, count, options, -answer);
        }
    }

    /// <summary>Runs the program once on a packet; see the kernel's Documentation/bpf/bpf_prog_run.rst.</summary>
    /// <param name="context">A <c>struct __sk_buff</c> or nothing.</param>
    /// <param name="output">The packet afterwards, as much as fits.</param>
    /// <returns>What the program answered, and how long the packet is.</returns>
    public (int Answer, int Length) TestRun(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> context, Span<byte> output)
    {
        fixed (byte* input = packet, contextIn = context, outputStart = output)
        {
            bpf_test_run_opts options = new()
            {
                sz = (nuint)sizeof(bpf_test_run_opts),
                data_in = input,
                data_size_in = (uint)packet.Length,
                data_out = outputStart,
                data_size_out = (uint)output.Length,
                ctx_in = contextIn,
                ctx_size_in = (uint)context.Length,
                repeat = 1,
            };
            var answer = LibBpf.bpf_prog_test_run_opts(Handle, &options);
            return answer >= 0
                ? ((int)options.retval, (int)options.data_size_out)
                : throw new KernelException($"run program `{Name}`", -answer);
        }
    }

    /// <summary>Runs the program so often on one packet, which keeps what each run made of it.</summary>
    public void TestRunMany(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> context, int count)
    {
        fixed (byte* input = packet, contextIn = context)
        {
            bpf_test_run_opts options = new()
            {
                sz = (nuint)sizeof(bpf_test_run_opts),
                data_in = input,
                data_size_in = (uint)packet.Length,
                ctx_in = contextIn,
                ctx_size_in = (uint)context.Length,
                repeat = count,
            };
            var answer = LibBpf.bpf_prog_test_run_opts(Handle, &options);
            if (answer < 0)
            {
                throw new KernelException($"run program `{Name}` {count} times", -answer);
            }
        }
    }

    public void Dispose() => Handle.Dispose();

    internal bpf_prog_info Info()
    {
        bpf_prog_info info = default;
        var length = (uint)sizeof(bpf_prog_info);
        var answer = LibBpf.bpf_obj_get_info_by_fd(Handle, &info, &length);
        return answer >= 0 ? info : throw new KernelException($"ask about program `{Name}`", -answer);
    }

    /// <summary>Loads once more for the log; nobody pays for one when all is well.</summary>
    private static Exception Refused(string name, byte* code, nuint count, bpf_prog_load_opts options, int errno)
    {
        var log = (byte*)NativeMemory.AllocZeroed(LogSize);
        try
        {
            options.log_level = 1;
            options.log_buf = log;
            options.log_size = LogSize;
            var answer = LibBpf.bpf_prog_load(SchedCls, name, "GPL", code, count, &options);
            if (answer >= 0)
            {
                new DescriptorHandle(answer).Dispose();
            }

            var text = Marshal.PtrToStringUTF8((nint)log) ?? "";
            return text.Length > 0
                ? new RefusedException(name, text)
                : new KernelException($"load program `{name}`", errno);
        }
        finally
        {
            NativeMemory.Free(log);
        }
    }
}
