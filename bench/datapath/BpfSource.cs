using System.Diagnostics;
using System.Runtime.InteropServices;
using Netpol.Loader.Native;
using Netpol.Toolchain;

namespace Netpol.Bench;

/// <summary>The bench's own BPF sources, compiled and loaded.</summary>
internal static class BpfSource
{
    internal static byte[] Compile(string name, params string[] definitions)
    {
        var (clang, diagnostics) = Clang.Find();
        if (clang is null)
        {
            throw new BenchException(string.Join('\n', diagnostics));
        }

        var folder = Directory.CreateTempSubdirectory("netpol-bench-").FullName;
        try
        {
            var source = Path.Combine(folder, name);
            var output = Path.Combine(folder, "object.o");
            using (var resource = typeof(BpfSource).Assembly.GetManifestResourceStream(name) ?? throw new UnreachableException())
            using (var file = File.Create(source))
            {
                resource.CopyTo(file);
            }

            var machine = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
            string[] arguments =
            [
                "-target", "bpf", "-mcpu=v3", "-O2", "-g", "-Wall", "-Werror", "-idirafter", $"/usr/include/{machine}",
                .. definitions.Select(definition => "-D" + definition), "-c", source, "-o", output,
            ];
            using var process = Process.Start(clang.Path, arguments);
            process.WaitForExit();
            return process.ExitCode == 0 ? File.ReadAllBytes(output) : throw new BenchException($"clang refused {name}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    internal static BpfObject Load(byte[] elf, string name)
    {
        var loaded = BpfObject.Open(elf, name);
        loaded.Load();
        return loaded;
    }

    internal static BpfProgram Program(this BpfObject loaded, string name)
    {
        var descriptor = loaded.ProgramDescriptor(name) ?? throw new BenchException($"no program {name}");
        using DescriptorHandle handle = new(descriptor, owns: false);
        return BpfProgram.OpenById(IdOf(handle), name);
    }

    private static unsafe uint IdOf(DescriptorHandle program)
    {
        bpf_prog_info info = default;
        var length = (uint)sizeof(bpf_prog_info);
        var answer = LibBpf.bpf_obj_get_info_by_fd(program, &info, &length);
        return answer >= 0 ? info.id : throw new KernelException("ask about a program", -answer);
    }
}
