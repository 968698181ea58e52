using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Backends.Bytecode;

/// <summary>One thing that a function does. Items are tried in order; those below a guard stand behind it.</summary>
internal abstract record PlanItem
{
    private PlanItem()
    {
    }

    /// <summary>Answers where the condition does not hold.</summary>
    public sealed record Unless(Condition When, ulong Answer) : PlanItem;

    /// <summary>Answers what another function answers, unless that is zero.</summary>
    public sealed record Ask(string Function) : PlanItem;

    /// <summary>Goes on at the item <paramref name="End"/> where the condition does not hold.</summary>
    public sealed record Guard(Condition When, int End, Origin Origin) : PlanItem;

    /// <summary>Answers where the condition holds.</summary>
    /// <param name="Logged">The function that says, by zero or one, whether the answer is logged; null where that is known.</param>
    public sealed record Decide(Condition When, ulong Answer, string? Logged, Origin Origin) : PlanItem;

    /// <summary>Answers; the last item of every function.</summary>
    public sealed record Finish(ulong Answer) : PlanItem;
}
