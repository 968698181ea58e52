namespace Netpol.Bench.Lsp;

/// <param name="Diagnostics">Milliseconds until the diagnostics of the text as it is now came.</param>
/// <param name="Everything">The same until an editor has all that it asks for: completion, semantic tokens and hints of what is seen, the outline.</param>
internal sealed record Stroke(double Diagnostics, double Everything);

/// <summary>A person who types, waits for the answers, and takes out again what was typed.</summary>
internal static class Typing
{
    private const int Repetitions = 6;

    public static IReadOnlyList<(string What, string Typed)> Cases { get; } =
    [
        ("a rule", "        allow from g1 on 8080/tcp log\n"),
        ("a rule with a wrong name", "        deny from g1 | gg2 on metrics\n"),
        ("an open parenthesis", "        allow from pods in namespaces (env == \"prod\") on 80/tcp\n"),
        ("a block that is not closed", "    }\n    ingress {\n        allow from g3\n"),
    ];

    public static List<Stroke> Run(Client client, string text, string typed)
    {
        var lines = text.Split('\n').ToList();
        var strokes = new List<Stroke>();
        for (var round = 0; round < Repetitions; round++)
        {
            // Behind the first line of a block of rules, somewhere in the middle.
            var line = lines.FindIndex(lines.Count / 2 + round * 97, candidate => candidate.Trim() == "ingress {") + 1;
            var at = (Line: line, Character: 0);
            foreach (var character in typed)
            {
                strokes.Add(client.Type(at.Line, at.Character, character.ToString()));
                at = character == '\n' ? (at.Line + 1, 0) : (at.Line, at.Character + 1);
            }

            client.Erase(line, 0, at.Line, at.Character);
        }

        return strokes;
    }

    public static double Rank(List<Stroke> strokes, Func<Stroke, double> of, double share) =>
        strokes.Select(of).Order().ElementAt((int)Math.Ceiling(share * (strokes.Count - 1)));
}
