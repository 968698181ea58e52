using System.Runtime.InteropServices;

namespace Netpol.Loader.Native;

/// <summary>Options of libbpf 1.1; `sz` is the size the caller knows, so newer libraries read no further.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_object_open_opts
{
    public nuint sz;
    public byte* object_name;
    public byte relaxed_maps;
    public byte* pin_root_path;
    public uint removed_attach_prog_fd;
    public byte* kconfig;
    public byte* btf_custom_path;
    public byte* kernel_log_buf;
    public nuint kernel_log_size;
    public uint kernel_log_level;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_prog_load_opts
{
    public nuint sz;
    public int attempts;
    public int expected_attach_type;
    public uint prog_btf_fd;
    public uint prog_flags;
    public uint prog_ifindex;
    public uint kern_version;
    public uint attach_btf_id;
    public uint attach_prog_fd;
    public uint attach_btf_obj_fd;
    public int* fd_array;
    public void* func_info;
    public uint func_info_cnt;
    public uint func_info_rec_size;
    public void* line_info;
    public uint line_info_cnt;
    public uint line_info_rec_size;
    public uint log_level;
    public uint log_size;
    public byte* log_buf;
}

/// <summary>The beginning; who names a target names it in what follows.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_link_create_opts
{
    public nuint sz;
    public uint flags;
}

[StructLayout(LayoutKind.Sequential)]
internal struct bpf_map_create_opts
{
    public nuint sz;
    public uint btf_fd;
    public uint btf_key_type_id;
    public uint btf_value_type_id;
    public uint btf_vmlinux_value_type_id;
    public uint inner_map_fd;
    public uint map_flags;
    public ulong map_extra;
    public uint numa_node;
    public uint map_ifindex;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct libbpf_prog_handler_opts
{
    public nuint sz;
    public nint cookie;
    public nint prog_setup_fn;
    public delegate* unmanaged<nint, bpf_prog_load_opts*, nint, int> prog_prepare_load_fn;
    public nint prog_attach_fn;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_test_run_opts
{
    public nuint sz;
    public void* data_in;
    public void* data_out;
    public uint data_size_in;
    public uint data_size_out;
    public void* ctx_in;
    public void* ctx_out;
    public uint ctx_size_in;
    public uint ctx_size_out;
    public uint retval;
    public int repeat;
    public uint duration;
    public uint flags;
    public uint cpu;
    public uint batch_size;
}

[StructLayout(LayoutKind.Sequential)]
internal struct bpf_tc_hook
{
    public nuint sz;
    public int ifindex;
    public int attach_point;
    public uint parent;
}

[StructLayout(LayoutKind.Sequential)]
internal struct bpf_tc_opts
{
    public nuint sz;
    public int prog_fd;
    public uint flags;
    public uint prog_id;
    public uint handle;
    public uint priority;
}

/// <summary>The beginning of the kernel's struct; the kernel fills as much as it is given room for.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_map_info
{
    public uint type;
    public uint id;
    public uint key_size;
    public uint value_size;
    public uint max_entries;
    public uint map_flags;
    public fixed byte name[16];
}

/// <summary>The beginning of the kernel's struct, up to `type`-dependent fields; for TCX (type 11) they are ifindex and attach type, for XDP ifindex.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_link_info
{
    public uint type;
    public uint id;
    public uint prog_id;
    public uint reserved;

    // A union from here on: of tcx { ifindex, attach_type } and cgroup { cgroup_id, attach_type }, among others.
    public uint tcx_ifindex;
    public uint tcx_attach_type;
    public uint cgroup_attach_type;
    public uint reserved_end;

    public readonly ulong cgroup_id => tcx_ifindex | (ulong)tcx_attach_type << 32;
}

/// <summary>The kernel's struct up to `btf_id` and the pointers behind it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_prog_info
{
    public uint type;
    public uint id;
    public fixed byte tag[8];
    public uint jited_prog_len;
    public uint xlated_prog_len;
    public ulong jited_prog_insns;
    public ulong xlated_prog_insns;
    public ulong load_time;
    public uint created_by_uid;
    public uint nr_map_ids;
    public ulong map_ids;
    public fixed byte name[16];
    public uint ifindex;
    public uint gpl_compatible;
    public ulong netns_dev;
    public ulong netns_ino;
    public uint nr_jited_ksyms;
    public uint nr_jited_func_lens;
    public ulong jited_ksyms;
    public ulong jited_func_lens;
    public uint btf_id;
    public uint func_info_rec_size;
    public ulong func_info;
    public uint nr_func_info;
    public uint nr_line_info;
    public ulong line_info;
    public ulong jited_line_info;
    public uint nr_jited_line_info;
    public uint line_info_rec_size;
    public uint jited_line_info_rec_size;
    public uint nr_prog_tags;
    public ulong prog_tags;
    public ulong run_time_ns;
    public ulong run_cnt;
    public ulong recursion_misses;
    public uint verified_insns;
    public uint attach_btf_obj_id;
    public uint attach_btf_id;
    public uint padding;
}

[StructLayout(LayoutKind.Sequential)]
internal struct btf_info
{
    public ulong btf;
    public uint btf_size;
    public uint id;
    public ulong name;
    public uint name_len;
    public uint kernel_btf;
}
