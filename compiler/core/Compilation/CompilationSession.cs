using System.Collections.Immutable;
using Netpol.Binding;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Bundling;
using Netpol.Compiler.Compilation.Sessions;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Layout;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Syntax;

namespace Netpol.Compiler.Compilation;

/// <summary>
/// Compiles the same sources again and again while they change. What a change does not touch is taken from the compilation before, and the
/// result is what <see cref="NetpolCompiler"/> makes of the sources but for the ids of rules: a rule that stays keeps its id.
/// <code>
/// text      parts that are the same text        same trees            (PartedFile)
/// names     same tree, names mean the same      same meaning          (BoundDeclarations)
/// rules     same meaning, same services         same proved terms     (RuleCompiler)
/// program   put together anew each time                               (ProgramAssembly)
/// </code>
/// Sources with mistakes, and those whose verdicts are code, are compiled as a whole, and what is known of earlier ones is kept.
/// </summary>
public sealed class CompilationSession
{
    /// <summary>Tables of the session may be so many times as large as at its start before it starts again.</summary>
    private const int MostGrowth = 3;
    private const int Spare = 10_000;

    private Memory _memory = Memory.Empty;

    /// <param name="load">Reads the sources with a parser; called a second time if the first shows that a whole compilation is needed.</param>
    /// <param name="reached">Told the name of every stage as it ends.</param>
    public SessionResult Compile(
        Func<SourceParser, (ImmutableArray<CompilationUnitSyntax> Units, ImmutableArray<Diagnostic> Diagnostics)> load, Action<string>? reached = null)
    {
        if (_memory.Compiler.Size > (MostGrowth * _memory.FirstSize) + Spare && _memory.FirstSize > 0)
        {
            _memory = Memory.Empty;
        }

        if (Parted(load) is { } files && Compile(files, reached ?? (_ => { })) is { } result)
        {
            return result;
        }

        var (units, diagnostics) = load(NetpolParser.Parse);
        var (output, all) = NetpolCompiler.Compile(units, diagnostics);
        if (output is not null)
        {
            _memory = _memory with { Ids = RuleIds.None };
        }

        return new SessionResult(output, [.. units.Select(unit => unit.Source)], all, IsRenumbered: true);
    }

    // In the order in which they were met; null: there are mistakes.
    private List<PartedFile>? Parted(Func<SourceParser, (ImmutableArray<CompilationUnitSyntax> Units, ImmutableArray<Diagnostic> Diagnostics)> load)
    {
        var parted = new Dictionary<string, PartedFile>(StringComparer.Ordinal);
        var isWrong = false;
        var (units, diagnostics) = load(source =>
        {
            var file = PartedFile.Parse(source, _memory.Files.GetValueOrDefault(source.Path));
            isWrong |= !file.Diagnostics.IsEmpty;
            parted[source.Path] = file;
            return (new CompilationUnitSyntax(source, [.. file.Parts.SelectMany(part => part.Unit.Statements).OfType<ImportSyntax>()]), []);
        });
        return isWrong || !diagnostics.IsEmpty ? null : [.. units.Select(unit => parted[unit.Source.Path])];
    }

    private SessionResult? Compile(List<PartedFile> files, Action<string> reached)
    {
        reached("parse");
        if (files.Exists(file => file.Parts.Sum(part => part.Unit.Statements.Count(statement => statement is DefaultNamespaceSyntax)) > 1))
        {
            return null;
        }

        var (model, diagnostics, bound) = Binder.Bind([.. files.SelectMany(file => file.Parts)], _memory.Bound);
        reached("bind");
        if (diagnostics.Any(diagnostic => diagnostic.IsError)
            || !EnforcedFeatures.Check(model, [.. files.Select(file => file.Source)]).IsEmpty)
        {
            return null;
        }

        ImmutableArray<Policy> policies = [.. model.Policies.OrderBy(policy => policy.Origin)];
        ImmutableArray<Service> services = [.. model.Services.OrderBy(service => service.Origin)];
        if (CompileRules(policies, services) is not { } compiled)
        {
            return null;
        }

        reached("rules");
        var ids = _memory.Ids.Next(policies.Zip(compiled).SelectMany(pair => pair.Second.Rules.Select(rule => (pair.First.Name, rule))), out var isRenumbered);
        var assembly = ProgramAssembly.Of(_memory.Compiler, model, policies, compiled, services, ids, _memory.Last?.Assembly);
        var (scope, terms) = (assembly.Scope, assembly.Terms);
        reached("assemble");
        if (Layout(model, scope, terms, files, out var space) is not { } layout || layout.Verdicts.Terms is not { } placed)
        {
            return null;
        }

        reached("layout");
        var manifest = ManifestWriter.Describe(
            model, scope, layout, [.. files.Select(file => file.Source.Path)],
            _memory.Last is { } before ? new DescribedScope(before.Assembly.Scope, before.Layout, before.Manifest) : null);
        reached("describe");
        _memory = new Memory(
            files.ToImmutableDictionary(file => file.Source.Path, StringComparer.Ordinal), bound, _memory.Compiler,
            policies.Zip(compiled).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal), ids,
            new LastResult(model, assembly, space, layout, manifest),
            _memory.FirstSize > 0 ? _memory.FirstSize : _memory.Compiler.Size);
        return new SessionResult(
            new DatapathOutput(model, scope, layout, manifest), [.. files.Select(file => file.Source)], diagnostics, isRenumbered);
    }

    private ImmutableArray<CompiledPolicy>? CompileRules(ImmutableArray<Policy> policies, ImmutableArray<Service> services)
    {
        var servicesAreTheSame = _memory.Compiler.Know(services);
        var compiled = ImmutableArray.CreateBuilder<CompiledPolicy>(policies.Length);
        foreach (var policy in policies)
        {
            if (_memory.Compiler.Compile(policy, _memory.Policies.GetValueOrDefault(policy.Name), servicesAreTheSame) is not { } made)
            {
                return null;
            }

            compiled.Add(made);
        }

        return compiled.MoveToImmutable();
    }

    // Null: it is too large for the target.
    private DatapathLayout? Layout(NetworkModel model, DecisionScope scope, VerdictTerms terms, List<PartedFile> files, out AddressSpace space)
    {
        var plan = new VerdictPlan(terms, "");
        space = _memory.Last is { } last && AddressSpace.IsSame(model, scope.Sets, last.Model, last.Assembly.Scope.Sets) ? last.Space : AddressSpace.Of(model, scope.Sets);
        return TargetLimits.Check(model, [.. files.Select(file => file.Source)]).IsEmpty ? LayoutPlanner.Plan(model, scope, plan, space) : null;
    }

    private sealed record LastResult(NetworkModel Model, Assembly Assembly, AddressSpace Space, DatapathLayout Layout, Manifest Manifest);

    /// <summary>What the last compilation without mistakes left.</summary>
    /// <param name="Policies">By name.</param>
    /// <param name="FirstSize">Of the compiler's tables after its first compilation; 0 before.</param>
    private sealed record Memory(
        ImmutableDictionary<string, PartedFile> Files,
        BoundDeclarations Bound,
        RuleCompiler Compiler,
        IReadOnlyDictionary<string, CompiledPolicy> Policies,
        RuleIds Ids,
        LastResult? Last,
        int FirstSize)
    {
        public static Memory Empty => new(
            ImmutableDictionary<string, PartedFile>.Empty, BoundDeclarations.None, new RuleCompiler(), new Dictionary<string, CompiledPolicy>(),
            RuleIds.None, null, 0);
    }
}
