using Netpol.Tests.Support.Fuzzing;

namespace Netpol.Tests.Unit.Fuzzing;

/// <summary>A short walk of what `./build.sh fuzz` does for long: texts made of texts, and no exception that is not a diagnostic.</summary>
public sealed class FuzzTests
{
    [Theory]
    [InlineData("parser", 1, 1500)]
    [InlineData("importer", 2, 3000)]
    public void No_text_makes_a_target_break_its_promise(string name, int seed, int rounds)
    {
        var target = FuzzTarget.All.Single(candidate => candidate.Name == name);
        var seeds = FuzzSeeds.Of(name);
        var mutator = new Mutator(seed, target.Dictionary);

        Assert.All(seeds, target.Take);
        for (var round = 0; round < rounds; round++)
        {
            var text = mutator.Next(seeds);
            var broken = Record.Exception(() => target.Take(text));
            Assert.True(broken is null, $"seed {seed}, round {round}: {broken}\n{text}");
        }
    }
}
