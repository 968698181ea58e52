using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Netpol.Loader.Templates;

namespace Netpol.Loader.Native;

/// <summary>
/// A bundle's object file as libbpf sees it: opened, given its node maps and constants, loaded once. While it loads, every program
/// is copied as it goes to the kernel, which is what <see cref="Templates"/> are made of.
/// </summary>
internal sealed unsafe class BpfObject : IDisposable
{
    private const int SchedCls = 3;
    private const string Section = "tc";
    private const int LogSize = 16 << 20;

    // libbpf's handlers and its print function are global to the process.
    private static readonly Lock LibBpfLock = new();
    private static bool _isRegistered;

    [ThreadStatic]
    private static List<Captured>? _capturing;

    private readonly List<Captured> _captured = [];
    private readonly List<string> _messages = [];
    private nint _object;
    private byte* _log;

    private BpfObject()
    {
    }

    internal ImmutableArray<string> MapNames => [.. Maps().Select(map => map.Name)];

    /// <exception cref="LoaderException">The bytes are no BPF object.</exception>
    internal static BpfObject Open(byte[] elf, string name)
    {
        lock (LibBpfLock)
        {
            BpfObject result = new();
            LibBpfMessages.CollectInto(result._messages);
            // Pages that the verifier does not write are never made, so a large buffer costs nothing.
            result._log = (byte*)NativeMemory.AllocZeroed(LogSize);
            RegisterCapture();
            try
            {
                fixed (byte* content = elf, objectName = "netpol\0"u8)
                {
                    bpf_object_open_opts options = new()
                    {
                        sz = (nuint)sizeof(bpf_object_open_opts),
                        object_name = objectName,
                        kernel_log_buf = result._log,
                        kernel_log_size = LogSize,
                    };
                    result._object = LibBpf.bpf_object__open_mem(content, (nuint)elf.Length, &options);
                }

                return result._object != 0
                    ? result
                    : throw new LoaderException($"`{name}` is no object that libbpf can read{result.Said()}; build the bundle again");
            }
            catch
            {
                result.Dispose();
                throw;
            }
            finally
            {
                LibBpfMessages.Stop();
            }
        }
    }

    /// <summary>What the object's code takes the map for: sizes of keys and values, and the capacity.</summary>
    internal (int KeySize, int ValueSize, int MaxEntries) LayoutOf(string name)
    {
        var map = Find(name);
        return ((int)LibBpf.bpf_map__key_size(map), (int)LibBpf.bpf_map__value_size(map), (int)LibBpf.bpf_map__max_entries(map));
    }

    /// <summary>Before <see cref="Load"/>: the map has room for so many entries; never less than the object says.</summary>
    internal void MakeRoom(string name, int entries)
    {
        var map = Find(name);
        if (entries > LibBpf.bpf_map__max_entries(map))
        {
            var answer = LibBpf.bpf_map__set_max_entries(map, BitOperations.RoundUpToPowerOf2((uint)entries));
            if (answer < 0)
            {
                throw new KernelException($"make map `{name}` larger", -answer);
            }
        }
    }

    /// <summary>Before <see cref="Load"/>: the object uses this map in place of one of its own.</summary>
    internal void Reuse(string name, BpfMap map)
    {
        var answer = LibBpf.bpf_map__reuse_fd(Find(name), map.Handle.Number);
        if (answer < 0)
        {
            throw new KernelException($"share map `{name}` with the new generation", -answer);
        }
    }

    /// <summary>Before <see cref="Load"/>: the content of a section of constants.</summary>
    internal void SetConstants(string name, ReadOnlySpan<byte> value)
    {
        fixed (byte* data = value)
        {
            var answer = LibBpf.bpf_map__set_initial_value(Find(name), data, (nuint)value.Length);
            if (answer < 0)
            {
                throw new LoaderException(
                    $"section `{name}` of the bundle's object does not hold {value.Length} bytes; build the bundle with this version");
            }
        }
    }

    /// <exception cref="RefusedException">The verifier refused a program.</exception>
    internal void Load()
    {
        lock (LibBpfLock)
        {
            LibBpfMessages.CollectInto(_messages);
            _capturing = _captured;
            try
            {
                var answer = LibBpf.bpf_object__load(_object);
                if (answer >= 0)
                {
                    return;
                }

                var log = Marshal.PtrToStringUTF8((nint)_log) ?? "";
                throw _captured.Count > 0 && log.Contains("processed ", StringComparison.Ordinal)
                    ? new RefusedException(RefusedProgram() ?? _captured[^1].Name, log)
                    : new LoaderException(
                        $"cannot load the bundle's object: {Marshal.GetPInvokeErrorMessage(-answer)}{Said()}");
            }
            finally
            {
                _capturing = null;
                LibBpfMessages.Stop();
            }
        }
    }

    /// <summary>After <see cref="Load"/>: a descriptor that lives as long as this object.</summary>
    internal BpfMap Map(string name) => BpfMap.Borrow(name, LibBpf.bpf_map__fd(Find(name)));

    /// <summary>After <see cref="Load"/>; null where the object has no such program.</summary>
    internal int? ProgramDescriptor(string name)
    {
        for (var program = LibBpf.bpf_object__next_program(_object, 0); program != 0;
             program = LibBpf.bpf_object__next_program(_object, program))
        {
            if (Text(LibBpf.bpf_program__name(program)) == name)
            {
                return LibBpf.bpf_program__fd(program);
            }
        }

        return null;
    }

    /// <summary>After <see cref="Load"/>.</summary>
    internal void PinProgram(string name, string pin)
    {
        var descriptor = ProgramDescriptor(name) ??
            throw new LoaderException($"the bundle's object has no program `{name}`; build the bundle with this version");
        var answer = LibBpf.bpf_obj_pin(descriptor, pin);
        if (answer < 0)
        {
            throw new KernelException($"pin the program `{pin}`", -answer);
        }
    }

    /// <summary>After <see cref="Load"/>: the programs with maps by name again.</summary>
    internal TemplateSet Templates()
    {
        var names = Maps().ToDictionary(map => map.Descriptor, map => map.Name);
        return new TemplateSet(BtfId(), [.. _captured.Select(captured => captured.ToTemplate(names))]);
    }

    public void Dispose()
    {
        if (_object != 0)
        {
            LibBpf.bpf_object__close(_object);
            _object = 0;
        }

        NativeMemory.Free(_log);
        _log = null;
    }

    /// <summary>
    /// Once a process and for ever: programs of open objects point into libbpf's array of handlers, which another registration moves.
    /// </summary>
    private static void RegisterCapture()
    {
        if (_isRegistered)
        {
            return;
        }

        libbpf_prog_handler_opts handler = new()
        {
            sz = (nuint)sizeof(libbpf_prog_handler_opts),
            prog_prepare_load_fn = &Capture,
        };
        var answer = LibBpf.libbpf_register_prog_handler(Section, SchedCls, 0, &handler);
        _isRegistered = answer >= 0 ? true : throw new KernelException("register with libbpf", -answer);
    }

    [UnmanagedCallersOnly]
    private static int Capture(nint program, bpf_prog_load_opts* options, nint cookie)
    {
        _capturing?.Add(new Captured(
            Text(LibBpf.bpf_program__name(program)),
            Copy(LibBpf.bpf_program__insns(program), (uint)LibBpf.bpf_program__insn_cnt(program), 8),
            Copy(options->func_info, options->func_info_cnt, options->func_info_rec_size),
            (int)options->func_info_rec_size,
            Copy(options->line_info, options->line_info_cnt, options->line_info_rec_size),
            (int)options->line_info_rec_size));
        return 0;
    }

    private static byte[] Copy(void* source, uint count, uint size) =>
        source == null ? [] : new ReadOnlySpan<byte>(source, checked((int)(count * size))).ToArray();

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    private uint BtfId()
    {
        var descriptor = LibBpf.bpf_object__btf_fd(_object);
        if (descriptor < 0)
        {
            return 0;
        }

        using DescriptorHandle handle = new(descriptor, owns: false);
        btf_info info = default;
        var length = (uint)sizeof(btf_info);
        var answer = LibBpf.bpf_obj_get_info_by_fd(handle, &info, &length);
        return answer >= 0 ? info.id : throw new KernelException("ask about the bundle's BTF", -answer);
    }

    private List<(string Name, nint Map, int Descriptor)> Maps()
    {
        List<(string, nint, int)> maps = [];
        for (var map = LibBpf.bpf_object__next_map(_object, 0); map != 0; map = LibBpf.bpf_object__next_map(_object, map))
        {
            maps.Add((Text(LibBpf.bpf_map__name(map)), map, LibBpf.bpf_map__fd(map)));
        }

        return maps;
    }

    private nint Find(string name) =>
        Maps().Where(map => map.Name == name).Select(map => map.Map).FirstOrDefault() is var found && found != 0
            ? found
            : throw new LoaderException($"the bundle's object has no map `{name}`; build the bundle again");

    /// <summary>As libbpf names it: programs for sockets and drivers are not among those that are captured.</summary>
    private string? RefusedProgram() => _messages.FindLast(message => message.Contains("BPF program load failed", StringComparison.Ordinal))?.Split('\'') is [_, var name, ..]
        ? name
        : null;

    private string Said() => _messages.Count == 0 ? "" : $" ({string.Join("; ", _messages.TakeLast(2))})";

    /// <summary>A program on its way to the kernel, maps still by descriptor.</summary>
    private sealed record Captured(
        string Name, byte[] Instructions, byte[] FunctionInfo, int FunctionInfoSize, byte[] LineInfo, int LineInfoSize)
    {
        // linux/bpf.h: BPF_LD | BPF_IMM | BPF_DW, and in src_reg what the immediate is.
        private const byte LoadImmediate64 = 0x18;
        private const int PseudoMapFd = 1;
        private const int PseudoMapValue = 2;

        internal ProgramTemplate ToTemplate(Dictionary<int, string> names)
        {
            var instructions = (byte[])Instructions.Clone();
            var references = ImmutableArray.CreateBuilder<MapReference>();
            for (var at = 0; at < instructions.Length; at += 8)
            {
                if (instructions[at] != LoadImmediate64)
                {
                    continue;
                }

                if (instructions[at + 1] >> 4 is PseudoMapFd or PseudoMapValue)
                {
                    var immediate = instructions.AsSpan(at + 4, 4);
                    references.Add(new MapReference(at / 8, names[MemoryMarshal.Read<int>(immediate)]));
                    immediate.Clear();
                }

                at += 8;
            }

            return new ProgramTemplate(
                Name, instructions, references.ToImmutable(), FunctionInfo, FunctionInfoSize,
                LineRecords.Thinned(LineInfo, LineInfoSize, FunctionInfo, FunctionInfoSize, Instructions.Length / 8), LineInfoSize);
        }
    }
}
