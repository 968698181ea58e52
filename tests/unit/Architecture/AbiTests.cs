using System.Globalization;
using System.Text.RegularExpressions;
using Netpol.Bundle;
using Netpol.Tests.Support;

namespace Netpol.Tests.Unit.Architecture;

/// <summary>The enumerations that C and C# both spell out say the same.</summary>
public sealed partial class AbiTests
{
    [Fact]
    public void Reasons_have_one_number_in_C_and_in_the_manifest() =>
        Assert.Equal(InCSharp<Reason>(), InC("reason", "REASON_").Where(entry => entry.Key != "COUNT"));

    [Fact]
    public void Verdicts_have_one_number_in_C_and_in_the_manifest() =>
        Assert.Equal(InCSharp<Verdict>(), InC("verdict", "VERDICT_").AsEnumerable());

    private static SortedDictionary<string, int> InC(string name, string prefix)
    {
        var header = File.ReadAllText(Repository.PathOf("compiler/datapath/abi.h"));
        var body = header.Split($"enum {name} {{")[1].Split("};")[0];
        return new(Member().Matches(body).ToDictionary(
            match => match.Groups[1].Value[prefix.Length..], match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)));
    }

    private static IEnumerable<KeyValuePair<string, int>> InCSharp<T>()
        where T : struct, Enum =>
        new SortedDictionary<string, int>(Enum.GetValues<T>().ToDictionary(
            value => Hump().Replace(value.ToString(), "_$1").ToUpperInvariant(), value => Convert.ToInt32(value, CultureInfo.InvariantCulture)));

    [GeneratedRegex(@"^\s*([A-Z_]+)\s*=\s*(\d+),", RegexOptions.Multiline)]
    private static partial Regex Member();

    [GeneratedRegex("(?<=[a-z])([A-Z])")]
    private static partial Regex Hump();
}
