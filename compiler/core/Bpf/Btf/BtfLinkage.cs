namespace Netpol.Compiler.Bpf.Btf;

/// <summary>Of functions and variables; what is external is defined by another object.</summary>
public enum BtfLinkage : byte
{
    Static = 0,
    Global = 1,
    External = 2,
}
