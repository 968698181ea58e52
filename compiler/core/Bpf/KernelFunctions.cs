namespace Netpol.Compiler.Bpf;

/// <summary>Functions of the kernel that programs call by name (kfuncs); the loader finds them in the kernel's BTF, or finds that there is none.</summary>
public static class KernelFunctions
{
    /// <summary>A move between registers, which is all that becomes of it (kernel/bpf/verifier.c, fixup_kfunc_call): nobody's code is called.</summary>
    private const string CastToKernelContext = "bpf_cast_to_kern_ctx";

    public static bool Has(string name) => name == CastToKernelContext;
}
