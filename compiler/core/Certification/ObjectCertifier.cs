using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Netpol.Bundle;
using Netpol.Compiler.Bpf.Objects;
using Netpol.Compiler.Layout;
using Netpol.Model;

namespace Netpol.Compiler.Certification;

/// <summary>Says of an object, clang's or ours, what it takes at most, by its own instructions and before any kernel sees it.</summary>
public static class ObjectCertifier
{
    /// <summary>Where functions are that programs call; all other code is programs.</summary>
    private const string FunctionsSection = ".text";

    public static bool TryCertify(
        byte[] file, Manifest manifest, Scale scale, CertificateLimits limits,
        [NotNullWhen(true)] out Certificate? certificate, [NotNullWhen(false)] out CertificateProblem? problem)
    {
        (certificate, problem) = (null, null);
        if (!ObjectReader.TryRead(file, out var functions, out var unreadable))
        {
            problem = new CertificateProblem.Unknown(manifest.Object, [], unreadable);
            return false;
        }

        try
        {
            FunctionCosts costs = new(functions.ToDictionary(function => function.Code.Name, function => function.Code));
            ImmutableArray<FunctionCost> programs = [.. functions.Where(function => function.Section != FunctionsSection)
                .OrderBy(function => function.Code.Name, StringComparer.Ordinal).Select(function => costs.Of(function.Code.Name))];
            var way = PacketWay.Of(programs);
            problem = OverLimit(programs, way, limits);
            certificate = problem is null ? Certificate(manifest, scale, programs, way) : null;
        }
        catch (UncertifiedException e)
        {
            var lines = functions.Where(function => function.Code.Name == e.Function).SelectMany(function => function.Code.Lines);
            problem = new CertificateProblem.Unknown(
                e.Function, [.. lines.Where(line => line.Instruction <= e.Instruction).TakeLast(1).Select(line => line.Position)], e.Message);
        }

        return certificate is not null;
    }

    private static CertificateProblem.OverLimit? OverLimit(ImmutableArray<FunctionCost> programs, PacketWay way, CertificateLimits limits)
    {
        foreach (var program in programs)
        {
            if (program.RoundedStackBytes > limits.StackBytes)
            {
                var lines = program.All().OrderByDescending(cost => cost.Frame.Bytes).SelectMany(cost => cost.Graph.Function.Lines);
                return new(program.Name, [.. lines.Select(line => line.Position)], program.RoundedStackBytes, "bytes of stack", limits.StackBytes);
            }

            if (program.Frames > limits.Frames)
            {
                return new(program.Name, [], program.Frames, "functions called by each other", limits.Frames);
            }

            if (program.Paths.ToExit > limits.PathInstructions)
            {
                var lines = program.LongestByLine().OrderByDescending(line => line.Value).ThenBy(line => line.Key.Line);
                return new(program.Name, [.. lines.Select(line => line.Key)], program.Paths.ToExit, "instructions on its longest path", limits.PathInstructions);
            }
        }

        return way.TailCalls > limits.TailCalls ? new(way.LongestWay[0], [], way.TailCalls, "tail calls", limits.TailCalls) : null;
    }

    private static Certificate Certificate(Manifest manifest, Scale scale, ImmutableArray<FunctionCost> programs, PacketWay way) => new(
        Bundle.Certificate.CurrentSchema,
        new CertifiedScale(scale.Endpoints, scale.Connections, scale.EventsPerSecond),
        [.. Loaded(manifest).Select(map => (Map: map, Memory: MapMemory.Of(map)))
            .Select(item => new CertifiedMap(item.Map.Name, item.Map.MaxEntries, item.Memory.Bytes, item.Memory.BytesPerProcessor))],
        Memory(manifest, isOfNode: true),
        Memory(manifest, isOfNode: false),
        [.. programs.Select(program => new CertifiedProgram(
            program.Name, program.All().Sum(cost => cost.Graph.Function.Instructions.Length), program.Paths.ToExit, program.StackBytes, program.Frames,
            way.After(program.Name)))],
        new CertifiedPacket(way.LongestPath, way.TailCalls, way.LongestWay),
        Events(manifest, scale));

    private static IEnumerable<MapEntry> Loaded(Manifest manifest) => manifest.Layout.Maps.Select(map => RuleRoom.Loaded(map, manifest.Verdicts.AreTables));

    private static CertifiedMemory Memory(Manifest manifest, bool isOfNode)
    {
        var memory = MapMemory.Of(Loaded(manifest).Where(map => (map.Scope == "node") == isOfNode));
        return new CertifiedMemory(memory.Bytes, memory.BytesPerProcessor);
    }

    private static CertifiedEvents Events(Manifest manifest, Scale scale)
    {
        var ring = manifest.Layout.Maps.First(map => map.Type == "ringbuf").MaxEntries;
        var room = ring / ScaledCapacities.EventSize;
        return new CertifiedEvents(ring, ScaledCapacities.EventSize, room, 1000L * room / scale.EventsPerSecond);
    }
}
