using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Netpol.Loader.Native;
using Netpol.Loader.Templates;

namespace Netpol.Tests.Kernel.Certification;

/// <summary>What the verifier says of a program that it takes (BPF_LOG_STATS).</summary>
/// <param name="Stack">Bytes of each function's frame, the program's own first.</param>
internal sealed record VerifierStatistics(int[] Stack)
{
    private const uint LogStatistics = 4;
    private const int LogSize = 1 << 20, SchedCls = 3;

    internal static unsafe VerifierStatistics Of(ProgramTemplate template, Func<string, BpfMap> maps, DescriptorHandle btf)
    {
        var instructions = (byte[])template.Instructions.Clone();
        foreach (var reference in template.Maps)
        {
            MemoryMarshal.Write(instructions.AsSpan(reference.Instruction * 8 + 4), maps(reference.Map).Handle.Number);
        }

        var log = new byte[LogSize];
        fixed (byte* code = instructions, functions = template.FunctionInfo, text = log)
        {
            bpf_prog_load_opts options = new()
            {
                sz = (nuint)sizeof(bpf_prog_load_opts),
                prog_btf_fd = (uint)btf.Number,
                func_info = functions,
                func_info_cnt = (uint)(template.FunctionInfo.Length / template.FunctionInfoSize),
                func_info_rec_size = (uint)template.FunctionInfoSize,
                log_level = LogStatistics,
                log_buf = text,
                log_size = LogSize,
            };
            var answer = LibBpf.bpf_prog_load(SchedCls, template.Name, "GPL", code, (nuint)(instructions.Length / 8), &options);
            var said = Marshal.PtrToStringUTF8((nint)text) ?? "";
            Assert.True(answer >= 0, said);
            new DescriptorHandle(answer).Dispose();
            var match = Regex.Match(said, @"stack depth ([\d+]+)");
            Assert.True(match.Success, said);
            return new VerifierStatistics([.. match.Groups[1].Value.Split('+').Select(number => int.Parse(number, CultureInfo.InvariantCulture))]);
        }
    }
}
