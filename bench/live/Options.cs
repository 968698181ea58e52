using System.Globalization;

namespace Netpol.Bench.Live;

/// <summary>What the command line asks for.</summary>
internal sealed record Options(int Rules, int Changes, int Endpoints, int Rate, int Seconds, bool IsStrict, string Output)
{
    internal const string Usage =
        "usage: bench-live [--strict] [--rules N] [--changes N] [--endpoints N] [--rate N] [--seconds N] [--output FILE]";

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

            var name = arguments[i];
            var value = ++i < arguments.Length ? arguments[i] : "";
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= Most;
            switch (name)
            {
                case "--rules" when isNumber:
                    options = options with { Rules = number };
                    break;
                case "--changes" when isNumber:
                    options = options with { Changes = number };
                    break;
                case "--endpoints" when isNumber:
                    options = options with { Endpoints = number };
                    break;
                case "--rate" when isNumber:
                    options = options with { Rate = number };
                    break;
                case "--seconds" when isNumber:
                    options = options with { Seconds = number };
                    break;
                case "--output" when value.Length > 0:
                    options = options with { Output = value };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
