using Netpol.Diagnostics;

namespace Netpol.Compiler.Compilation;

/// <summary>What a source asks for that the kernel cannot hold.</summary>
public static class TargetDiagnostics
{
    public static readonly DiagnosticDescriptor TooManySets = new(
        "NP4501", Severity.Error,
        Format: "the policies tell {0} sets of addresses apart, and a membership has room for {1}",
        Help: "Give sets that mean the same one spelling, for instance by a group, or split the build by the nodes that need it.");

    public static readonly DiagnosticDescriptor PolicyTooLarge = new(
        "NP4502", Severity.Error,
        Format: "the rules make about {0} instructions, and the kernel's verifier takes {1}",
        Help: "Join rules that differ in their peer or ports alone (`from a | b on 80/tcp, 443/tcp`), or split the build by the nodes that need it.");

    public static readonly DiagnosticDescriptor TooManyBackends = new(
        "NP4503", Severity.Error,
        Format: "the weights of service `{0}` need {1} table entries a port, and there is room for {2}",
        Help: "Use smaller weights: only their proportion counts.");

    public static readonly DiagnosticDescriptor RuleTooLarge = new(
        "NP4504", Severity.Error,
        Format: "this rule alone makes about {0} instructions, and one function holds {1}",
        Help: "Write ranges instead of single ports, or several rules.");

    public static readonly DiagnosticDescriptor WrongBytecode = new(
        "NP4505", Severity.Error,
        Format: "the bytecode of this line does not do what the line says: {0} {1}, and should {2}",
        Help: "This is a fault of the compiler, found before anything was written: report it with the source, and build with `--backend c` meanwhile.");

    public static readonly DiagnosticDescriptor WrongTerms = new(
        "NP4506", Severity.Error,
        Format: "the tables of this rule do not say what the rule says of {0}",
        Help: "This is a fault of the compiler, found before anything was written: report it with the source, and build with `--verdicts code` meanwhile.");

    public static readonly DiagnosticDescriptor OverLimit = new(
        "NP4507", Severity.Error,
        Format: "program `{0}` takes {1} {2}, and the kernel gives {3}",
        Help: "Most of it is of the rule shown: join it with others that differ in their peer or ports alone, or build without `--verdicts code`.");

    public static readonly DiagnosticDescriptor Uncertified = new(
        "NP4508", Severity.Error,
        Format: "what program `{0}` takes at most cannot be said: {1}",
        Help: "This is a fault of the compiler, found before anything was written: report it with the source, and build with the other `--backend` meanwhile.");

    public static readonly DiagnosticDescriptor NotEnforced = new(
        "NP4509", Severity.Error,
        Format: "{0} is understood, and no program enforces it yet",
        Help: "Leave it out of what is built; `netpol eval`, `test`, `diff` and `explain` work with it.");

    public static readonly DiagnosticDescriptor TooManyLimits = new(
        "NP4510", Severity.Error,
        Format: "more than {1} rules with `limit` could be asked of one connection of an endpoint that `{0}` selects",
        Help: "Join limited rules that differ in their peer or ports alone.");
}
