using Netpol.Loader.Classes;

namespace Netpol.Loader.Live;

/// <summary>Generated code knows of a class what sets it is in, which one entry says; the next class of the id overwrites it.</summary>
internal sealed class CodeVerdicts(ClassMembers members) : ILiveVerdicts
{
    public void Publish(AddressClass added) => members.Publish(added, []);

    public void Judge(AddressClass judged)
    {
    }

    public Action LeaveForeign() => () => { };

    public Action Retire(IReadOnlyCollection<AddressClass> gone) => () => { };
}
