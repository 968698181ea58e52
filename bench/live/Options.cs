using System.Globalization;

namespace Netpol.Bench.Live;

/// <summary>What the command line asks for.</summary>
/// <param name="Services">0: rules and endpoints are measured; else how soon a bundle with so many services is in charge, and a change of a backend among them, and nothing else; with the program.</param>
/// <param name="Netpol">The program whose `watch` follows the text, and whose `load` puts services in charge; null: these are not measured.</param>
internal sealed record Options(
    int Rules, int Changes, int Endpoints, int Rate, int Seconds, bool IsStrict, string Output, int Services = 0, string? Netpol = null, bool IsTextAlone = false)
{
    internal const string Usage =
        "usage: bench-live [--strict] [--rules N] [--changes N] [--endpoints N] [--rate N] [--seconds N] [--netpol FILE [--text] [--services N]] [--output FILE]";

    private const int Most = 1_000_000;

    private static readonly Options Default = new(10_000, 100, 10_000, 200, 60, false, "artifacts/bench/live.json");

    /// <summary>Null: not understood.</summary>
    internal static Options? Parse(string[] arguments)
    {
        var options = Default;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--strict")
            {
                options = options with { IsStrict = true };
                continue;
            }

            if (arguments[i] == "--text")
            {
                options = options with { IsTextAlone = true };
                continue;
            }

            var name = arguments[i];
            var value = ++i < arguments.Length ? arguments[i] : "";
            if (name == "--output" && value.Length > 0)
            {
                options = options with { Output = value };
                continue;
            }

            if (name == "--netpol" && value.Length > 0)
            {
                options = options with { Netpol = value };
                continue;
            }

            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= Most;
            if (!isNumber || With(options, name, number) is not { } next)
            {
                return null;
            }

            options = next;
        }

        return options is { Services: > 0, Netpol: null } ? null : options;
    }

    private static Options? With(Options options, string name, int number) => name switch
    {
        "--rules" => options with { Rules = number },
        "--changes" => options with { Changes = number },
        "--endpoints" => options with { Endpoints = number },
        "--rate" => options with { Rate = number },
        "--seconds" => options with { Seconds = number },
        "--services" => options with { Services = number },
        _ => null,
    };
}
