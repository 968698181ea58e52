using System.Globalization;

namespace Netpol.Loader.State;

/// <summary>A change of rules within a generation, as its files are named.</summary>
/// <param name="Epoch">At which it came in charge.</param>
/// <param name="Former">The revision before; 0: the generation as it was loaded.</param>
internal sealed record Revision(uint Epoch, uint Former, string RulesFile)
{
    internal const string Pattern = "rules-*-*.bin";

    internal static string RulesName(uint epoch, uint former) => string.Create(CultureInfo.InvariantCulture, $"rules-{epoch}-{former}.bin");

    internal static string TermsName(uint epoch) => string.Create(CultureInfo.InvariantCulture, $"verdicts-{epoch}.bin");

    /// <summary>Null: no name of ours.</summary>
    internal static Revision? Parse(string path) =>
        Path.GetFileNameWithoutExtension(path).Split('-') is [_, var epoch, var former] &&
        uint.TryParse(epoch, CultureInfo.InvariantCulture, out var at) && uint.TryParse(former, CultureInfo.InvariantCulture, out var before)
            ? new Revision(at, before, path) : null;
}
