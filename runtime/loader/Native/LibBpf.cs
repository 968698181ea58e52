using System.Runtime.InteropServices;

namespace Netpol.Loader.Native;

/// <summary>
/// libbpf as it is: C names, C types, no policy. Only symbols of LIBBPF_1.1.0 and older; a function answers with a negative errno.
/// A NativeAOT program links the same names statically.
/// </summary>
internal static unsafe partial class LibBpf
{
    private const string Library = "libbpf.so.1";

    [LibraryImport(Library)]
    internal static partial nint libbpf_set_print(nint fn);

    [LibraryImport(Library)]
    internal static partial int libbpf_num_possible_cpus();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int libbpf_register_prog_handler(string sec, int prog_type, int exp_attach_type, libbpf_prog_handler_opts* opts);

    [LibraryImport(Library)]
    internal static partial nint bpf_object__open_mem(byte* obj_buf, nuint obj_buf_sz, bpf_object_open_opts* opts);

    [LibraryImport(Library)]
    internal static partial int bpf_object__load(nint obj);

    [LibraryImport(Library)]
    internal static partial void bpf_object__close(nint obj);

    [LibraryImport(Library)]
    internal static partial int bpf_object__btf_fd(nint obj);

    [LibraryImport(Library)]
    internal static partial nint bpf_object__next_map(nint obj, nint map);

    [LibraryImport(Library)]
    internal static partial nint bpf_object__next_program(nint obj, nint prog);

    [LibraryImport(Library)]
    internal static partial byte* bpf_map__name(nint map);

    [LibraryImport(Library)]
    internal static partial int bpf_map__fd(nint map);

    [LibraryImport(Library)]
    internal static partial int bpf_map__reuse_fd(nint map, int fd);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__key_size(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__value_size(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__max_entries(nint map);

    [LibraryImport(Library)]
    internal static partial int bpf_map__set_max_entries(nint map, uint max_entries);

    [LibraryImport(Library)]
    internal static partial int bpf_map__set_initial_value(nint map, void* data, nuint size);

    [LibraryImport(Library)]
    internal static partial byte* bpf_program__name(nint prog);

    [LibraryImport(Library)]
    internal static partial int bpf_program__fd(nint prog);

    [LibraryImport(Library)]
    internal static partial void* bpf_program__insns(nint prog);

    [LibraryImport(Library)]
    internal static partial nuint bpf_program__insn_cnt(nint prog);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_map_create(int map_type, string map_name, uint key_size, uint value_size, uint max_entries, bpf_map_create_opts* opts);

    [LibraryImport(Library)]
    internal static partial int bpf_map_update_elem(DescriptorHandle fd, void* key, void* value, ulong flags);

    [LibraryImport(Library)]
    internal static partial int bpf_map_lookup_elem(DescriptorHandle fd, void* key, void* value);

    [LibraryImport(Library)]
    internal static partial int bpf_map_delete_elem(DescriptorHandle fd, void* key);

    [LibraryImport(Library)]
    internal static partial int bpf_map_get_next_key(DescriptorHandle fd, void* key, void* next_key);

    [LibraryImport(Library)]
    internal static partial int bpf_map_update_batch(DescriptorHandle fd, void* keys, void* values, uint* count, void* opts);

    [LibraryImport(Library)]
    internal static partial int bpf_map_lookup_batch(DescriptorHandle fd, void* in_batch, void* out_batch, void* keys, void* values, uint* count, void* opts);

    [LibraryImport(Library)]
    internal static partial int bpf_map_delete_batch(DescriptorHandle fd, void* keys, uint* count, void* opts);

    [LibraryImport(Library)]
    internal static partial int bpf_map_freeze(DescriptorHandle fd);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_obj_pin(int fd, string pathname);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_obj_get(string pathname);

    [LibraryImport(Library)]
    internal static partial int bpf_obj_get_info_by_fd(DescriptorHandle bpf_fd, void* info, uint* info_len);

    [LibraryImport(Library)]
    internal static partial int bpf_btf_get_fd_by_id(uint id);

    [LibraryImport(Library)]
    internal static partial int bpf_prog_get_fd_by_id(uint id);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_prog_load(int prog_type, string prog_name, string license, void* insns, nuint insn_cnt, bpf_prog_load_opts* opts);

    [LibraryImport(Library)]
    internal static partial int bpf_prog_test_run_opts(DescriptorHandle prog_fd, bpf_test_run_opts* opts);

    [LibraryImport(Library)]
    internal static partial int bpf_link_create(DescriptorHandle prog_fd, int target_fd, int attach_type, void* opts);

    [LibraryImport(Library)]
    internal static partial int bpf_link_update(DescriptorHandle link_fd, DescriptorHandle new_prog_fd, void* opts);

    [LibraryImport(Library)]
    internal static partial int bpf_link_detach(DescriptorHandle link_fd);

    [LibraryImport(Library)]
    internal static partial int bpf_tc_hook_create(bpf_tc_hook* hook);

    [LibraryImport(Library)]
    internal static partial int bpf_tc_attach(bpf_tc_hook* hook, bpf_tc_opts* opts);

    [LibraryImport(Library)]
    internal static partial int bpf_tc_detach(bpf_tc_hook* hook, bpf_tc_opts* opts);

    [LibraryImport(Library)]
    internal static partial int bpf_tc_query(bpf_tc_hook* hook, bpf_tc_opts* opts);
}
