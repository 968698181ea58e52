using System.Globalization;
using Netpol.Bench.Compile;
using Netpol.Bench.Lsp;

// A policy of 5,000 lines and a little more is written at the end of a policy in its middle, one character a message, to the real server.
if (args is not [var netpol])
{
    Console.Error.WriteLine("usage: netpol-bench-lsp NETPOL");
    return 2;
}

const int Rules = 3300;
var text = LargePolicy.Text(Rules);
using var client = Client.Start(netpol);
client.Open(text);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{text.Split('\n').Length} lines, {Rules} rules; milliseconds from a key stroke to its answers, of {netpol}"));
Console.WriteLine("typed                            keys    median      99 %       max    with all requests: median       max  processor, mean");
foreach (var (what, typed) in Typing.Cases)
{
    var before = client.ProcessorTime;
    var strokes = Typing.Run(client, text, typed);
    var processor = (client.ProcessorTime - before) / strokes.Count;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what,-30} {strokes.Count,6} {Typing.Rank(strokes, stroke => stroke.Diagnostics, 0.5),9:0.0} {Typing.Rank(strokes, stroke => stroke.Diagnostics, 0.99),9:0.0} {Typing.Rank(strokes, stroke => stroke.Diagnostics, 1),9:0.0} {Typing.Rank(strokes, stroke => stroke.Everything, 0.5),28:0.0} {Typing.Rank(strokes, stroke => stroke.Everything, 1),9:0.0} {processor,16:0.0}"));
}

return 0;
