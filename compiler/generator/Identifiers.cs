using System.Text;

namespace Netpol.Generator;

/// <summary>Names of the source and of the datapath as C# names.</summary>
internal static class Identifiers
{
    /// <summary><c>connection4_key</c> and <c>web-api.v2</c> as <c>Connection4Key</c> and <c>WebApiV2</c>; never empty.</summary>
    public static string Pascal(string name)
    {
        StringBuilder pascal = new();
        var isStart = true;
        foreach (var character in name)
        {
            if (char.IsLetterOrDigit(character))
            {
                pascal.Append(isStart ? char.ToUpperInvariant(character) : character);
                isStart = false;
            }
            else
            {
                isStart = true;
            }
        }

        return pascal.Length == 0 || char.IsDigit(pascal[0]) ? "_" + pascal : pascal.ToString();
    }

    /// <summary>The name, or the first of <c>name2</c>, <c>name3</c>… that is not taken; it is taken from now on.</summary>
    public static string Unique(string name, HashSet<string> taken)
    {
        var unique = name;
        for (var number = 2; !taken.Add(unique); number++)
        {
            unique = name + number;
        }

        return unique;
    }
}
