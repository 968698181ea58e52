using Netpol.Loader;
using ShopPolicy;

// `ShopPolicy rules` lists the rules; else the shop's policy is put in charge of this node, and what its rules have decided is told.
if (args is ["rules"])
{
    for (uint id = 1; PolicyBundle.RuleOf(id) is { } rule; id++)
    {
        Console.WriteLine($"{id} {rule.Place} {rule.Text}");
    }

    return 0;
}

var policy = PolicyBundle.Open();
try
{
    var result = policy.Load();
    Console.WriteLine(result.Changed ? $"generation {result.Generation} is in charge" : "nothing to change");
    foreach (var count in policy.Counters().Rules)
    {
        Console.WriteLine($"{count.Verdicts,10} {count.Rule?.Text}");
    }

    return 0;
}
catch (LoaderException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
