using System.Collections.Immutable;

namespace Netpol.Compiler.Certification;

/// <summary>Finds the blocks that may come again: strongly connected components, by Tarjan's algorithm without recursion.</summary>
internal static class Loops
{
    public static ImmutableArray<bool> Find(ImmutableArray<Block> blocks)
    {
        var found = new bool[blocks.Length];
        var (order, low) = (new int[blocks.Length], new int[blocks.Length]);
        var isOpen = new bool[blocks.Length];
        Stack<int> open = new();
        Stack<(int Block, int Next)> way = new();
        var count = 0;
        void Enter(int block)
        {
            order[block] = low[block] = ++count;
            isOpen[block] = true;
            open.Push(block);
            way.Push((block, 0));
        }

        Enter(0);
        while (way.TryPop(out var at))
        {
            var (block, next) = at;
            var successors = blocks[block].Successors;
            if (next > 0)
            {
                low[block] = Math.Min(low[block], low[successors[next - 1]]);
            }

            var isDescending = false;
            for (; next < successors.Length && !isDescending; next++)
            {
                var successor = successors[next];
                if (order[successor] == 0)
                {
                    way.Push((block, next + 1));
                    Enter(successor);
                    isDescending = true;
                }
                else if (isOpen[successor])
                {
                    low[block] = Math.Min(low[block], order[successor]);
                }
            }

            if (!isDescending && low[block] == order[block])
            {
                Close(block);
            }
        }

        return [.. found];

        void Close(int root)
        {
            var isLoop = blocks[root].Successors.Contains(root) || open.Peek() != root;
            for (var block = -1; block != root;)
            {
                block = open.Pop();
                isOpen[block] = false;
                found[block] = isLoop;
            }
        }
    }
}
