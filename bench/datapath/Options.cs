using System.Collections.Immutable;
using System.Globalization;
using Netpol.Compiler.Compilation;
using Netpol.Toolchain;

namespace Netpol.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record Options(
    ImmutableArray<int> Rules, ImmutableArray<int> Flows, int Rounds, bool HasPrefixes, bool IsStrict, BackendKind Backend,
    VerdictChoice Verdicts, string Output)
{
    internal const string Usage = "usage: bench-datapath [--strict] [--rounds N] [--rules N,N] [--flows N,N] [--no-prefixes] [--backend c|bytecode] [--verdicts auto|code] [--output FILE]";

    private static readonly Options Default = new([10, 1_000, 100_000], [1, 1_000, 32_000], 15, true, false, BackendKind.C, VerdictChoice.Auto, "artifacts/bench/datapath.json");

    /// <summary>Null: not understood.</summary>
    internal static Options? Parse(string[] arguments)
    {
        var options = Default;
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--strict":
                    options = options with { IsStrict = true };
                    continue;
                case "--no-prefixes":
                    options = options with { HasPrefixes = false };
                    continue;
                case "--backend" when value is "c" or "bytecode":
                    options = options with { Backend = value == "c" ? BackendKind.C : BackendKind.Bytecode };
                    break;
                case "--verdicts" when value is "auto" or "code":
                    options = options with { Verdicts = value == "code" ? VerdictChoice.Code : VerdictChoice.Auto };
                    break;
                case "--output" when value.Length > 0:
                    options = options with { Output = value };
                    break;
                case "--rounds" when Numbers(value, 10_000) is [var rounds]:
                    options = options with { Rounds = rounds };
                    break;
                case "--rules" when Numbers(value, 1_000_000) is { Length: > 0 } rules && rules.All(count => count > 5):
                    options = options with { Rules = rules };
                    break;
                case "--flows" when Numbers(value, Driver.MaxFlows) is { Length: > 0 } flows:
                    options = options with { Flows = flows };
                    break;
                default:
                    return null;
            }

            i++;
        }

        return options;
    }

    private static ImmutableArray<int> Numbers(string text, int most)
    {
        var numbers = ImmutableArray.CreateBuilder<int>();
        foreach (var word in text.Split(','))
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > most)
            {
                return [];
            }

            numbers.Add(number);
        }

        return numbers.ToImmutable();
    }
}
