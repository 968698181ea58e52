using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Netpol.Tests.Fuzz;
using Netpol.Tests.Support.Fuzzing;

// usage: TARGET SECONDS FOLDER [SEED]: texts that broke something are written to FOLDER, and make the exit code 1. Texts that reached something new are
// kept in FOLDER/TARGET, and the next run begins with them.
if (args.Length is not (3 or 4) || FuzzTarget.All.FirstOrDefault(candidate => candidate.Name == args[0]) is not { } target)
{
    Console.Error.WriteLine($"usage: {string.Join('|', FuzzTarget.All.Select(candidate => candidate.Name))} SECONDS FOLDER [SEED]");
    return 2;
}

var time = TimeSpan.FromSeconds(int.Parse(args[1], CultureInfo.InvariantCulture));
var seed = args.Length == 4 ? int.Parse(args[3], CultureInfo.InvariantCulture) : Environment.TickCount;
var longest = TimeSpan.FromSeconds(1);
var kept = Directory.CreateDirectory(Path.Combine(args[2], target.Name));
Console.WriteLine($"{target.Name}: {time.TotalSeconds} s, seed {seed}");

var coverage = new Coverage();
var mutator = new Mutator(seed, target.Dictionary);
List<string> texts = [.. FuzzSeeds.Of(target.Name), .. kept.EnumerateFiles("*.txt").Select(file => File.ReadAllText(file.FullName))];
var (broken, rounds) = (0, 0);
foreach (var text in texts.ToList())
{
    Try(text);
    coverage.IsNew();
}

var start = Stopwatch.StartNew();
var said = TimeSpan.Zero;
while (start.Elapsed < time)
{
    rounds++;
    var text = mutator.Next(texts);
    if (Try(text) && coverage.IsNew())
    {
        texts.Add(text);
        var bytes = Encoding.UTF8.GetBytes(text);
        File.WriteAllBytes(Path.Combine(kept.FullName, $"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}.txt"), bytes);
    }

    if (start.Elapsed - said > TimeSpan.FromSeconds(30))
    {
        said = start.Elapsed;
        Console.WriteLine($"{rounds} texts, {texts.Count} kept, {coverage.Count} places, {broken} broken");
    }
}

Console.WriteLine($"{rounds} texts, {texts.Count} kept, {coverage.Count} places, {broken} broken");
return broken == 0 ? 0 : 1;

bool Try(string text)
{
    coverage.Clear();
    var watch = Stopwatch.StartNew();
    try
    {
        target.Take(text);
    }
#pragma warning disable CA1031 // Whatever it is: that is what is looked for.
    catch (Exception exception)
#pragma warning restore CA1031
    {
        return Report(text, exception.ToString());
    }

    // A second look: a pause of the machine is no hang.
    if (watch.Elapsed > longest)
    {
        watch.Restart();
        target.Take(text);
        return watch.Elapsed <= longest || Report(text, $"takes {watch.Elapsed.TotalSeconds:F1} s");
    }

    return true;
}

bool Report(string text, string what)
{
    var file = Path.Combine(args[2], $"{target.Name}-{broken++}.txt");
    File.WriteAllBytes(file, Encoding.UTF8.GetBytes(text));
    Console.WriteLine($"{file}: {what}");
    return false;
}
