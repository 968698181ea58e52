using Netpol.Loader.Verdicts;

namespace Netpol.Loader.Live;

/// <summary>What pairs lead to, each once with a count of the pairs that do.</summary>
internal sealed class PairContents(TermIndex index, SharedNodes nodes)
{
    private readonly Dictionary<PairTraffic, PairContent> _known = [];

    internal PairContent Acquire(PairTraffic traffic)
    {
        if (!_known.TryGetValue(traffic, out var content))
        {
            PairRoots roots = default;
            var answers = traffic.Answers(index);
            for (var space = 0; space < answers.Length; space++)
            {
                roots[space] = answers[space] is { } map ? nodes.Root(map) : 0;
            }

            _known.Add(traffic, content = new PairContent(traffic, roots));
        }

        content.Pairs++;
        return content;
    }

    /// <summary>No pair of the kernel leads here on this one's account, and no program does any more.</summary>
    internal void Release(PairContent content)
    {
        if (--content.Pairs == 0)
        {
            _known.Remove(content.Traffic);
            foreach (var root in content.Roots)
            {
                nodes.Release(root);
            }
        }
    }
}

internal sealed class PairContent(PairTraffic traffic, PairRoots roots)
{
    internal PairTraffic Traffic => traffic;

    internal PairRoots Roots => roots;

    internal int Pairs { get; set; }
}
