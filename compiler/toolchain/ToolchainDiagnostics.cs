using Netpol.Diagnostics;

namespace Netpol.Toolchain;

/// <summary>What goes wrong around the compiler: files, clang, the bundle's folder.</summary>
public static class ToolchainDiagnostics
{
    public static readonly DiagnosticDescriptor NoClang = new(
        "NP4601", Severity.Error,
        Format: "no clang that can make BPF code was found",
        Help: "Install it (Debian, Ubuntu: `apt-get install clang-19 libbpf-dev`), or name one in NETPOL_CLANG.");

    public static readonly DiagnosticDescriptor ClangUnusable = new(
        "NP4602", Severity.Error,
        Format: "{0} names `{1}`, which is no clang that can make BPF code",
        Help: "Name a clang whose `-print-targets` lists bpf, or unset the variable to have one searched.");

    public static readonly DiagnosticDescriptor NoBpfHeaders = new(
        "NP4603", Severity.Error,
        Format: "the header `bpf/bpf_helpers.h` was not found",
        Help: "Install libbpf's headers (Debian, Ubuntu: `apt-get install libbpf-dev linux-libc-dev`).");

    public static readonly DiagnosticDescriptor ClangFailed = new(
        "NP4604", Severity.Error,
        Format: "clang refused the generated code: {0}",
        Help: "This is a mistake in netpol, not in your source: please report it with the folder `{1}`, which was kept for that.");

    public static readonly DiagnosticDescriptor OutputTaken = new(
        "NP4605", Severity.Error,
        Format: "`{0}` is there and is no bundle, so it is not replaced",
        Help: "Name a new folder, an empty one, or that of an earlier bundle.");

    public static readonly DiagnosticDescriptor OutputUnwritable = new(
        "NP4606", Severity.Error,
        Format: "the bundle cannot be written to `{0}`: {1}",
        Help: "Name a folder that you may write to.");

    public static readonly DiagnosticDescriptor LinkingFailed = new(
        "NP4607", Severity.Error,
        Format: "the bundle's object could not be linked: {0}",
        Help: "This is a mistake in netpol, not in your source: please report it, and build with `--backend c` meanwhile.");
}
